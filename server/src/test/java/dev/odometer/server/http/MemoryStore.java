package dev.odometer.server.http;

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
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A store in memory, for tests of what stands in front of the engine. It can be told to fail, and to hold its commits
 * back. Used from the engine's thread alone.
 */
final class MemoryStore implements Store {
    /** What becomes of commits. */
    enum Mood {
        TAKES,
        REFUSES_NOW,
        HOLDS
    }

    private final StoreModel model;
    private final List<Runnable> held = new ArrayList<>();
    private final AtomicInteger holds = new AtomicInteger();
    private volatile Mood mood = Mood.TAKES;

    MemoryStore(int shards) {
        model = new StoreModel(shards);
    }

    void become(Mood newMood) {
        mood = newMood;
    }

    /** How many commits are held back. */
    int holds() {
        return holds.get();
    }

    /** Takes what was held back. To be called on the engine's thread. */
    void release() {
        mood = Mood.TAKES;
        List<Runnable> waiting = List.copyOf(held);
        held.clear();
        holds.set(0);
        waiting.forEach(Runnable::run);
    }

    @Override
    public int shards() {
        return model.shards();
    }

    @Override
    public CommitLimits commitLimits() {
        return new CommitLimits(4_096, 8 << 20);
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
        return commits.stream().map(this::commit).toList();
    }

    private CompletionStage<CommitOutcome> commit(Commit commit) {
        if (mood == Mood.REFUSES_NOW) {
            return CompletableFuture.completedFuture(
                    new CommitOutcome.Unavailable(new IllegalStateException("the disk is full")));
        }
        if (mood == Mood.HOLDS) {
            CompletableFuture<CommitOutcome> later = new CompletableFuture<>();
            holds.incrementAndGet();
            held.add(() -> later.complete(model.decide(commit)));
            return later;
        }
        return CompletableFuture.completedFuture(model.decide(commit));
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
