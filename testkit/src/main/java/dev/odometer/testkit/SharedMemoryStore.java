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
import java.util.TreeMap;
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
    private final Head[] heads;
    private final List<TreeMap<Key, CounterRow>> counters = new ArrayList<>();
    private final List<TreeMap<IdentityId, IdentityRow>> identities = new ArrayList<>();
    private final Executor delay;

    /**
     * An empty store.
     *
     * @param delay runs the tasks of calls, in any order of shards
     */
    public SharedMemoryStore(int shards, Executor delay) {
        this.delay = delay;
        heads = new Head[shards];
        for (int i = 0; i < shards; i++) {
            heads[i] = Head.unowned(i);
            counters.add(new TreeMap<>());
            identities.add(new TreeMap<>());
        }
    }

    /** The head as it is now. */
    public synchronized Head headNow(int shard) {
        return heads[shard];
    }

    /** The committed value; 0 where the counter is absent. */
    public synchronized long value(Key key) {
        CounterRow row = counters.get(key.shard(heads.length)).get(key);
        return row == null ? 0 : row.value();
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
        return heads.length;
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
        Head old = heads[shard];
        heads[shard] = new Head(shard, old.epoch() + 1, owner, old.sequence(), old.batchId(), old.counters());
        return heads[shard];
    }

    @Override
    public CompletionStage<Head> head(int shard) {
        return later(() -> headNow(shard));
    }

    @Override
    public List<CompletionStage<CommitOutcome>> commit(List<Commit> commits) {
        List<CompletionStage<CommitOutcome>> stages = new ArrayList<>();
        commits.forEach(commit -> stages.add(later(() -> apply(commit))));
        return stages;
    }

    private synchronized CommitOutcome apply(Commit commit) {
        Head head = heads[commit.shard()];
        if (head.epoch() != commit.epoch() || head.sequence() != commit.sequence() - 1) {
            return new CommitOutcome.Refused(head);
        }
        commit.changes().forEach(change -> {
            if (change.deleted()) {
                counters.get(commit.shard()).remove(change.key());
            } else {
                counters.get(commit.shard())
                        .put(change.key(), new CounterRow(change.key(), change.value(), change.createdMillis()));
            }
        });
        commit.forgotten().forEach(identities.get(commit.shard())::remove);
        commit.identities().forEach(row -> identities.get(commit.shard()).put(row.id(), row));
        heads[commit.shard()] = new Head(
                commit.shard(), head.epoch(), head.owner(), commit.sequence(), commit.batchId(), commit.counters());
        return CommitOutcome.Committed.INSTANCE;
    }

    @Override
    public CompletionStage<Optional<CounterRow>> read(int shard, Key key) {
        return later(() -> readNow(shard, key));
    }

    private synchronized Optional<CounterRow> readNow(int shard, Key key) {
        return Optional.ofNullable(counters.get(shard).get(key));
    }

    @Override
    public CompletionStage<List<CounterRow>> scan(int shard, byte[] prefix, @Nullable Key after, int limit) {
        return later(() -> scanNow(shard, prefix, after, limit));
    }

    private synchronized List<CounterRow> scanNow(int shard, byte[] prefix, @Nullable Key after, int limit) {
        return counters.get(shard).values().stream()
                .filter(row -> row.key().startsWith(prefix)
                        && (after == null || row.key().compareTo(after) > 0))
                .limit(limit)
                .toList();
    }

    @Override
    public CompletionStage<List<IdentityRow>> identities(int shard, @Nullable IdentityId after, int limit) {
        return later(() -> identitiesNow(shard, after, limit));
    }

    private synchronized List<IdentityRow> identitiesNow(int shard, @Nullable IdentityId after, int limit) {
        return identities.get(shard).values().stream()
                .filter(row -> after == null || row.id().compareTo(after) > 0)
                .limit(limit)
                .toList();
    }

    @Override
    public void close() {}
}
