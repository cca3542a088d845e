package dev.odometer.server.redis;

import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CommitOutcome;
import dev.odometer.engine.store.CounterRow;
import dev.odometer.engine.store.Head;
import dev.odometer.engine.store.IdentityRow;
import dev.odometer.engine.store.Store;
import dev.odometer.testkit.StoreModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A store in memory that keeps the contract, and whose answers to commits a test can hold. Only the loop thread. */
final class MemoryStore implements Store {
    private final StoreModel model;
    private final List<Runnable> held = new ArrayList<>();

    private boolean holding;

    /** What the next submissions meet instead of the store. */
    private @Nullable CommitOutcome fault;

    MemoryStore(int shards) {
        model = new StoreModel(shards);
    }

    @Override
    public int shards() {
        return model.shards();
    }

    @Override
    public CommitLimits commitLimits() {
        return new CommitLimits(2_048, 1 << 20);
    }

    @Override
    public int commitsInFlight() {
        return 1;
    }

    @Override
    public CompletionStage<Head> acquire(int shard, String owner) {
        return CompletableFuture.completedFuture(model.acquire(shard, owner));
    }

    @Override
    public CompletionStage<Head> head(int shard) {
        return CompletableFuture.completedFuture(model.head(shard));
    }

    @Override
    public List<CompletionStage<CommitOutcome>> commit(List<Commit> commits) {
        List<CompletionStage<CommitOutcome>> stages = new ArrayList<>();
        for (Commit commit : commits) {
            CompletableFuture<CommitOutcome> future = new CompletableFuture<>();
            if (holding) {
                held.add(() -> future.complete(model.decide(commit)));
            } else {
                future.complete(fault != null ? fault : model.decide(commit));
            }
            stages.add(future);
        }
        return stages;
    }

    /** Commits wait from now on until {@link #release}. */
    void hold() {
        holding = true;
    }

    /** Carries out what waits, and waits no more. */
    void release() {
        holding = false;
        List<Runnable> waiting = List.copyOf(held);
        held.clear();
        waiting.forEach(Runnable::run);
    }

    /** Commits meet this from now on; null: they are carried out. */
    void fault(@Nullable CommitOutcome outcome) {
        fault = outcome;
    }

    @Override
    public CompletionStage<Optional<CounterRow>> read(int shard, Key key) {
        return CompletableFuture.completedFuture(model.counter(shard, key));
    }

    @Override
    public CompletionStage<List<CounterRow>> scan(int shard, byte[] prefix, @Nullable Key after, int limit) {
        return CompletableFuture.completedFuture(model.counters(shard, prefix, after, limit));
    }

    @Override
    public CompletionStage<List<IdentityRow>> identities(int shard, @Nullable IdentityId after, int limit) {
        return CompletableFuture.completedFuture(model.identities(shard, after, limit));
    }

    @Override
    public void close() {}
}
