package dev.odometer.testkit;

import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CounterChange;
import dev.odometer.engine.store.CounterRow;
import dev.odometer.engine.store.Head;
import dev.odometer.engine.store.IdentityRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The simplest store that keeps the contract: maps, to compare a real one with. Not thread-safe. */
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

    /** The head of a shard. */
    public Head head(int shard) {
        return shards.get(shard).head;
    }

    /** The counters of a shard in the order of their keys. */
    public List<CounterRow> counters(int shard) {
        return List.copyOf(shards.get(shard).counters.values());
    }

    /** The identity rows of a shard in the order of their ids. */
    public List<IdentityRow> identities(int shard) {
        return List.copyOf(shards.get(shard).identities.values());
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
