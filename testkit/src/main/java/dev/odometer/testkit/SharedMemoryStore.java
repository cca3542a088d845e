package dev.odometer.testkit;

import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CommitOutcome;
import dev.odometer.engine.store.CounterRow;
import dev.odometer.engine.store.Head;
import dev.odometer.engine.store.IdentityRow;
import dev.odometer.engine.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A store in memory that several nodes of a test share. Each call takes effect in one task and is answered in
 * another:
 * when those run is the executor's affair. Thread-safe.
 */
public final class SharedMemoryStore implements Store {
    private final StoreModel model; // guarded by this
    private final int shards;
    private final Executor delay;

    /**
     * An empty store.
     *
     * @param delay runs the tasks of calls, in any order of shards
     */
    public SharedMemoryStore(int shards, Executor delay) {
        this.delay = delay;
        this.shards = shards;
        model = new StoreModel(shards);
    }

    /** The head as it is now. */
    public synchronized Head headNow(int shard) {
        return model.head(shard);
    }

    /** The committed value; 0 where the counter is absent. */
    public synchronized long value(Key key) {
        return model.counter(key.shard(shards), key).map(CounterRow::value).orElse(0L);
    }

    private <T> CompletableFuture<T> later(Supplier<T> action) {
        CompletableFuture<T> future = new CompletableFuture<>();
        delay.execute(() -> {
            T result = action.get();
            delay.execute(() -> future.complete(result));
        });
        return future;
    }

    @Override
    public int shards() {
        return shards;
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
        return later(() -> acquireNow(shard, owner));
    }

    private synchronized Head acquireNow(int shard, String owner) {
        return model.acquire(shard, owner);
    }

    @Override
    public CompletionStage<Head> head(int shard) {
        return later(() -> headNow(shard));
    }

    @Override
    public List<CompletionStage<CommitOutcome>> commit(List<Commit> commits) {
        List<CompletionStage<CommitOutcome>> stages = new ArrayList<>();
        commits.forEach(commit -> stages.add(later(() -> decide(commit))));
        return stages;
    }

    private synchronized CommitOutcome decide(Commit commit) {
        return model.decide(commit);
    }

    @Override
    public CompletionStage<Optional<CounterRow>> read(int shard, Key key) {
        return later(() -> readNow(shard, key));
    }

    private synchronized Optional<CounterRow> readNow(int shard, Key key) {
        return model.counter(shard, key);
    }

    @Override
    public CompletionStage<List<CounterRow>> scan(int shard, byte[] prefix, @Nullable Key after, int limit) {
        return later(() -> scanNow(shard, prefix, after, limit));
    }

    private synchronized List<CounterRow> scanNow(int shard, byte[] prefix, @Nullable Key after, int limit) {
        return model.counters(shard, prefix, after, limit);
    }

    @Override
    public CompletionStage<List<IdentityRow>> identities(int shard, @Nullable IdentityId after, int limit) {
        return later(() -> identitiesNow(shard, after, limit));
    }

    private synchronized List<IdentityRow> identitiesNow(int shard, @Nullable IdentityId after, int limit) {
        return model.identities(shard, after, limit);
    }

    @Override
    public void close() {}
}
