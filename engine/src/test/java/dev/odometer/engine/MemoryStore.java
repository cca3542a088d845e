package dev.odometer.engine;

import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CommitOutcome;
import dev.odometer.engine.store.CounterRow;
import dev.odometer.engine.store.Head;
import dev.odometer.engine.store.IdentityRow;
import dev.odometer.engine.store.Store;
import dev.odometer.engine.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A store in memory that keeps the contract, and that a test can hold up, refuse through or put in doubt. */
final class MemoryStore implements Store {
    final Head[] heads;
    private final List<TreeMap<Key, CounterRow>> counters = new ArrayList<>();
    private final List<TreeMap<IdentityId, IdentityRow>> identities = new ArrayList<>();

    final List<Commit> submitted = new ArrayList<>();
    final List<CompletableFuture<CommitOutcome>> held = new ArrayList<>();
    final List<CompletableFuture<Optional<CounterRow>>> heldReads = new ArrayList<>();

    /** Whether outcomes wait in {@link #held} until a test gives them. */
    boolean holding;

    boolean holdingReads;
    boolean holdingHeads;
    final List<CompletableFuture<Head>> heldHeads = new ArrayList<>();
    boolean holdingIdentities;
    final List<Runnable> heldIdentities = new ArrayList<>();
    boolean unreachable;
    int commitsInFlight = 1;

    /** What the next submissions meet instead of the store. */
    @Nullable
    Function<Commit, CommitOutcome> fault;

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
        return commitsInFlight;
    }

    @Override
    public CompletionStage<Head> acquire(int shard, String owner) {
        if (unreachable) {
            return CompletableFuture.failedFuture(new StoreException.Unreachable("no store"));
        }
        Head old = heads[shard];
        heads[shard] = new Head(shard, old.epoch() + 1, owner, old.sequence(), old.batchId(), old.counters());
        return CompletableFuture.completedFuture(heads[shard]);
    }

    @Override
    public CompletionStage<Head> head(int shard) {
        if (holdingHeads) {
            CompletableFuture<Head> future = new CompletableFuture<>();
            heldHeads.add(future);
            return future;
        }
        return CompletableFuture.completedFuture(heads[shard]);
    }

    @Override
    public List<CompletionStage<CommitOutcome>> commit(List<Commit> commits) {
        List<CompletionStage<CommitOutcome>> stages = new ArrayList<>();
        for (Commit commit : commits) {
            submitted.add(commit);
            CompletableFuture<CommitOutcome> future = new CompletableFuture<>();
            if (holding) {
                held.add(future);
            } else {
                future.complete(fault != null ? fault.apply(commit) : apply(commit));
            }
            stages.add(future);
        }
        return stages;
    }

    CommitOutcome apply(Commit commit) {
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

    int identityRows() {
        return identities.stream().mapToInt(TreeMap::size).sum();
    }

    long storedCounters() {
        return counters.stream().mapToInt(TreeMap::size).sum();
    }

    long headCounters() {
        long sum = 0;
        for (Head head : heads) {
            sum += head.counters();
        }
        return sum;
    }

    @Override
    public CompletionStage<Optional<CounterRow>> read(int shard, Key key) {
        Optional<CounterRow> row = Optional.ofNullable(counters.get(shard).get(key));
        if (holdingReads) {
            CompletableFuture<Optional<CounterRow>> future = new CompletableFuture<>();
            heldReads.add(future);
            return future;
        }
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
        List<IdentityRow> page = identities.get(shard).values().stream()
                .filter(row -> after == null || row.id().compareTo(after) > 0)
                .limit(limit)
                .toList();
        CompletableFuture<List<IdentityRow>> future = new CompletableFuture<>();
        if (holdingIdentities) {
            heldIdentities.add(() -> future.complete(page));
        } else {
            future.complete(page);
        }
        return future;
    }

    void releaseIdentities(int index) {
        heldIdentities.remove(index).run();
    }

    @Override
    public void close() {}
}
