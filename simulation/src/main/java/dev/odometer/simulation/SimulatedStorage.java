package dev.odometer.simulation;

import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.BatchId;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CommitOutcome;
import dev.odometer.engine.store.CounterChange;
import dev.odometer.engine.store.CounterRow;
import dev.odometer.engine.store.Head;
import dev.odometer.engine.store.IdentityRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The truth: what the shards hold, durably. Everything happens here in an instant and in one order; all trouble is
 * on the way to it, in {@link SimulatedStore}. A planted {@link Fault} makes it break its contract.
 */
final class SimulatedStorage {
    private final Timeline timeline;
    private final Fault fault;
    private final Watcher watcher;
    private final Partition[] partitions;
    private int commits;

    /** Sees every change the moment it is durable. */
    interface Watcher {
        /** A node has acquired a shard; it runs as this process. */
        void acquired(Head before, Head after, int process);

        /** A process's commit took effect on a shard that had this head; the rows are those after it. */
        void committed(Head before, Commit commit, int process, int rows);
    }

    SimulatedStorage(int shards, Timeline timeline, Fault fault, Watcher watcher) {
        this.timeline = timeline;
        this.fault = fault;
        this.watcher = watcher;
        partitions = new Partition[shards];
        for (int i = 0; i < shards; i++) {
            partitions[i] = new Partition(Head.unowned(i));
        }
    }

    int shards() {
        return partitions.length;
    }

    /**
     * The most identity rows that each shard ever had, added up: a new owner has to load them all, whatever its
     * bound.
     */
    int mostIdentityRows() {
        return Arrays.stream(partitions)
                .mapToInt(partition -> partition.mostIdentities)
                .sum();
    }

    Head head(int shard) {
        return partitions[shard].head;
    }

    Head acquire(int shard, String owner, int process) {
        Partition partition = partitions[shard];
        Head before = partition.head;
        boolean raised = fault != Fault.EPOCH_NOT_RAISED || before.epoch() == 0;
        partition.head = new Head(
                shard,
                before.epoch() + (raised ? 1 : 0),
                owner,
                before.sequence(),
                before.batchId(),
                before.counters());
        watcher.acquired(before, partition.head, process);
        return partition.head;
    }

    /** Applies a commit where its condition holds. */
    CommitOutcome commit(Commit commit, int process) {
        Partition partition = partitions[commit.shard()];
        Head head = partition.head;
        boolean next = head.sequence() + 1 == commit.sequence() || fault == Fault.NO_SEQUENCE_CONDITION;
        boolean owned = head.epoch() == commit.epoch() || fault == Fault.NO_EPOCH_CONDITION;
        if (!owned || !next) {
            return new CommitOutcome.Refused(head);
        }
        if (fault == Fault.LOSES_CONFIRMED_COMMITS && ++commits % 16 == 0) {
            return CommitOutcome.Committed.INSTANCE;
        }
        int changes = commit.changes().size();
        if (fault == Fault.TEARS_COMMITS && changes > 1) {
            changes /= 2;
        }
        commit.changes().subList(0, changes).forEach(partition::apply);
        if (fault == Fault.IDENTITIES_IN_ANOTHER_COMMIT) {
            timeline.after(1_500_000, () -> partition.applyIdentities(commit));
        } else {
            partition.applyIdentities(commit);
        }
        BatchId batchId = commit.batchId();
        partition.head =
                new Head(head.shard(), head.epoch(), head.owner(), commit.sequence(), batchId, commit.counters());
        watcher.committed(head, commit, process, partition.rows.size());
        return CommitOutcome.Committed.INSTANCE;
    }

    Optional<CounterRow> read(int shard, Key key) {
        Partition partition = partitions[shard];
        if (fault == Fault.LOADS_STALE_VALUES) {
            return Optional.ofNullable(partition.before.get(key));
        }
        return Optional.ofNullable(partition.rows.get(key));
    }

    List<CounterRow> scan(int shard, byte[] prefix, @Nullable Key after, int limit) {
        NavigableMap<Key, CounterRow> rows = partitions[shard].rows;
        List<CounterRow> page = new ArrayList<>();
        for (CounterRow row : (after == null ? rows : rows.tailMap(after, false)).values()) {
            if (page.size() == limit) {
                break;
            }
            if (row.key().startsWith(prefix)) {
                page.add(row);
            }
        }
        return page;
    }

    List<IdentityRow> identities(int shard, @Nullable IdentityId after, int limit) {
        if (fault == Fault.IDENTITIES_NOT_LOADED) {
            return List.of();
        }
        NavigableMap<IdentityId, IdentityRow> rows = partitions[shard].identities;
        List<IdentityRow> page = new ArrayList<>();
        for (IdentityRow row : (after == null ? rows : rows.tailMap(after, false)).values()) {
            if (page.size() == limit) {
                break;
            }
            page.add(row);
        }
        return page;
    }

    /** The partition of one shard. */
    private static final class Partition {
        Head head;
        final NavigableMap<Key, CounterRow> rows = new TreeMap<>();
        final NavigableMap<IdentityId, IdentityRow> identities = new TreeMap<>();
        int mostIdentities;

        /** Each counter's row as it was before its last change; for one fault only. */
        final Map<Key, CounterRow> before = new HashMap<>();

        Partition(Head head) {
            this.head = head;
        }

        void apply(CounterChange change) {
            CounterRow old = change.deleted()
                    ? rows.remove(change.key())
                    : rows.put(change.key(), new CounterRow(change.key(), change.value(), change.createdMillis()));
            if (old == null) {
                before.remove(change.key());
            } else {
                before.put(change.key(), old);
            }
        }

        void applyIdentities(Commit commit) {
            commit.forgotten().forEach(identities::remove);
            commit.identities().forEach(row -> identities.put(row.id(), row));
            mostIdentities = Math.max(mostIdentities, identities.size());
        }
    }
}
