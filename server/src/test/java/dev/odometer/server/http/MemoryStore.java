package dev.odometer.server.http;

import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.BatchId;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CommitOutcome;
import dev.odometer.engine.store.CounterChange;
import dev.odometer.engine.store.CounterRow;
import dev.odometer.engine.store.Head;
import dev.odometer.engine.store.IdentityRow;
import dev.odometer.engine.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
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

    private final List<Head> heads = new ArrayList<>();
    private final List<NavigableMap<Key, CounterRow>> counters = new ArrayList<>();
    private final List<NavigableMap<IdentityId, IdentityRow>> identities = new ArrayList<>();
    private final List<Runnable> held = new ArrayList<>();
    private final AtomicInteger holds = new AtomicInteger();
    private volatile Mood mood = Mood.TAKES;

    MemoryStore(int shards) {
        for (int shard = 0; shard < shards; shard++) {
            heads.add(Head.unowned(shard));
            counters.add(new TreeMap<>());
            identities.add(new TreeMap<>());
        }
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
        return heads.size();
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
        Head old = heads.get(shard);
        heads.set(shard, new Head(shard, old.epoch() + 1, owner, old.sequence(), old.batchId(), old.counters()));
        return head(shard);
    }

    @Override
    public CompletionStage<Head> head(int shard) {
        return CompletableFuture.completedFuture(heads.get(shard));
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
            held.add(() -> later.complete(apply(commit)));
            return later;
        }
        return CompletableFuture.completedFuture(apply(commit));
    }

    private CommitOutcome apply(Commit commit) {
        Head head = heads.get(commit.shard());
        if (head.epoch() != commit.epoch() || head.sequence() != commit.sequence() - 1) {
            return new CommitOutcome.Refused(head);
        }
        BatchId id = commit.batchId();
        heads.set(
                commit.shard(),
                new Head(commit.shard(), head.epoch(), head.owner(), commit.sequence(), id, commit.counters()));
        for (CounterChange change : commit.changes()) {
            if (change.deleted()) {
                counters.get(commit.shard()).remove(change.key());
            } else {
                CounterRow row = new CounterRow(change.key(), change.value(), change.createdMillis());
                counters.get(commit.shard()).put(change.key(), row);
            }
        }
        commit.forgotten().forEach(identities.get(commit.shard())::remove);
        commit.identities().forEach(row -> identities.get(commit.shard()).put(row.id(), row));
        return CommitOutcome.Committed.INSTANCE;
    }

    @Override
    public CompletionStage<Optional<CounterRow>> read(int shard, Key key) {
        return CompletableFuture.completedFuture(
                Optional.ofNullable(counters.get(shard).get(key)));
    }

    @Override
    public CompletionStage<List<CounterRow>> scan(int shard, byte[] prefix, @Nullable Key after, int limit) {
        return CompletableFuture.completedFuture(counters.get(shard).values().stream()
                .filter(row -> row.key().startsWith(prefix))
                .filter(row -> after == null || row.key().compareTo(after) > 0)
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
