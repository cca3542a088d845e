package dev.odometer.testkit;

import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CommitOutcome;
import dev.odometer.engine.store.CounterChange;
import dev.odometer.engine.store.CounterRow;
import dev.odometer.engine.store.Head;
import dev.odometer.engine.store.IdentityRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The simplest store that keeps the contract: maps, to compare a real one with, and to make stores for tests of. Not
 * thread-safe.
 */
public final class StoreModel {
    private final List<ShardModel> shards = new ArrayList<>();

    /** A model of an empty store. */
    public StoreModel(int shards) {
        for (int i = 0; i < shards; i++) {
            this.shards.add(new ShardModel(Head.unowned(i)));
        }
    }

    private static final class ShardModel {
        private final Map<Key, CounterRow> counters = new TreeMap<>();
        private final Map<IdentityId, IdentityRow> identities = new TreeMap<>();
        private Head head;

        ShardModel(Head head) {
            this.head = head;
        }
    }

    /** How many shards there are. */
    public int shards() {
        return shards.size();
    }

    /** The head of a shard. */
    public Head head(int shard) {
        return shards.get(shard).head;
    }

    /** A counter; empty where it is absent. */
    public Optional<CounterRow> counter(int shard, Key key) {
        return Optional.ofNullable(shards.get(shard).counters.get(key));
    }

    /** The counters of a shard that start with a prefix and come after a key, in order, at most so many. */
    public List<CounterRow> counters(int shard, byte[] prefix, @Nullable Key after, int limit) {
        return shards.get(shard).counters.values().stream()
                .filter(row -> row.key().startsWith(prefix)
                        && (after == null || row.key().compareTo(after) > 0))
                .limit(limit)
                .toList();
    }

    /** The identity rows of a shard that come after an id, in order, at most so many. */
    public List<IdentityRow> identities(int shard, @Nullable IdentityId after, int limit) {
        return shards.get(shard).identities.values().stream()
                .filter(row -> after == null || row.id().compareTo(after) > 0)
                .limit(limit)
                .toList();
    }

    /** The counters of a shard in the order of their keys. */
    public List<CounterRow> counters(int shard) {
        return List.copyOf(shards.get(shard).counters.values());
    }

    /** The identity rows of a shard in the order of their ids. */
    public List<IdentityRow> identities(int shard) {
        return List.copyOf(shards.get(shard).identities.values());
    }

    /** Raises a shard's epoch for a new owner. */
    public Head acquire(int shard, String owner) {
        Head old = head(shard);
        acquired(new Head(shard, old.epoch() + 1, owner, old.sequence(), old.batchId(), old.counters()));
        return head(shard);
    }

    /** Takes over the head that an acquisition returned. */
    public void acquired(Head head) {
        shards.get(head.shard()).head = head;
    }

    /** Whether a commit's condition holds now. */
    public boolean accepts(Commit commit) {
        Head head = head(commit.shard());
        return commit.epoch() == head.epoch() && commit.sequence() == head.sequence() + 1;
    }

    /** Applies a commit, or refuses it where its condition does not hold. */
    public CommitOutcome decide(Commit commit) {
        if (!accepts(commit)) {
            return new CommitOutcome.Refused(head(commit.shard()));
        }
        apply(commit);
        return CommitOutcome.Committed.INSTANCE;
    }

    /** Applies a commit whose condition holds. */
    public void apply(Commit commit) {
        ShardModel shard = shards.get(commit.shard());
        for (CounterChange change : commit.changes()) {
            if (change.deleted()) {
                shard.counters.remove(change.key());
            } else {
                shard.counters.put(change.key(), new CounterRow(change.key(), change.value(), change.createdMillis()));
            }
        }
        commit.forgotten().forEach(shard.identities::remove);
        commit.identities().forEach(row -> shard.identities.put(row.id(), row));
        Head head = shard.head;
        shard.head = new Head(
                head.shard(), head.epoch(), head.owner(), commit.sequence(), commit.batchId(), commit.counters());
    }
}
