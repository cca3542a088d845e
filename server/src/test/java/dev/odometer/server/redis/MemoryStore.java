package dev.odometer.server.redis;

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
import org.jspecify.annotations.Nullable;

/** A store in memory that keeps the contract, and whose answers to commits a test can hold. Only the loop thread. */
final class MemoryStore implements Store {
    private final Head[] heads;
    private final List<TreeMap<Key, CounterRow>> counters = new ArrayList<>();
    private final List<TreeMap<IdentityId, IdentityRow>> identities = new ArrayList<>();

    private final List<Runnable> held = new ArrayList<>();

    private boolean holding;

    /** What the next submissions meet instead of the store. */
    private @Nullable CommitOutcome fault;

    MemoryStore(int shards) {
        heads = new Head[shards];
        for (int i = 0; i < shards; i++) {
            heads[i] = Head.unowned(i);
            counters.add(new TreeMap<>());
            identities.add(new TreeMap<>());
        }
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
        Head old = heads[shard];
        heads[shard] = new Head(shard, old.epoch() + 1, owner, old.sequence(), old.batchId(), old.counters());
        return CompletableFuture.completedFuture(heads[shard]);
    }

    @Override
    public CompletionStage<Head> head(int shard) {
        return CompletableFuture.completedFuture(heads[shard]);
    }

    @Override
    public List<CompletionStage<CommitOutcome>> commit(List<Commit> commits) {
        List<CompletionStage<CommitOutcome>> stages = new ArrayList<>();
        for (Commit commit : commits) {
            CompletableFuture<CommitOutcome> future = new CompletableFuture<>();
            if (holding) {
                held.add(() -> future.complete(apply(commit)));
            } else {
                future.complete(fault != null ? fault : apply(commit));
            }
            stages.add(future);
        }
        return stages;
    }

    private CommitOutcome apply(Commit commit) {
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
        Optional<CounterRow> row = Optional.ofNullable(counters.get(shard).get(key));
        return CompletableFuture.completedFuture(row);
    }

    @Override
    public CompletionStage<List<CounterRow>> scan(int shard, byte[] prefix, @Nullable Key after, int limit) {
        return CompletableFuture.completedFuture(counters.get(shard).values().stream()
                .filter(row -> row.key().startsWith(prefix)
                        && (after == null || row.key().compareTo(after) > 0))
                .limit(limit)
                .toList());
    }

    @Override
    public CompletionStage<List<IdentityRow>> identities(int shard, @Nullable IdentityId after, int limit) {
        return CompletableFuture.completedFuture(identities.get(shard).values().stream()
                .filter(row -> after == null || row.id().compareTo(after) > 0)
                .limit(limit)
                .toList());
    }

    @Override
    public void close() {}
}
