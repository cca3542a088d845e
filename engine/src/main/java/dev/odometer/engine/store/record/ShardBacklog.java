package dev.odometer.engine.store.record;

import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CounterChange;
import dev.odometer.engine.store.IdentityRow;
import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The commits of one shard that its store keeps as records alone, and how their rows get to their places: each later
 * commit takes a few of them along, in the same atomic write, so that materialising costs no write of its own and
 * begins and ends with commits of the owner, under its epoch.
 *
 * <p>Rows are in two layers. New commits go into the newest. When that is half of what the {@linkplain BacklogLimits
 * limits} allow it is frozen, and the commits that follow carry its rows, spread such that all are written before the
 * newest layer is half full again; then the mark moves, up to which the rows hold everything. A commit for which there
 * is no room writes all rows, its own too, and leaves nothing behind.
 *
 * <p>A crash in between leaves rows that are newer than the mark says; the records say the same as they do, or newer.
 *
 * <p>Thread-safe. One commit at a time is planned and decided.
 */
public final class ShardBacklog {
    /** Fewer rows than these at a time are not worth a longer layer. */
    private static final int MIN_SLICE = 16;

    /**
     * The most rows of a backlog, so that a commit that has to write all of them, after a takeover for example, is one
     * that a store takes.
     */
    static final int MAX_ROWS = 16_384;

    private final BacklogLimits limits;
    private final long epoch;

    // Guarded by this.
    private long sequence;
    private long materialised;
    private RecentRows newest = new RecentRows();
    private long newestBytes;
    private long newestFrom;
    private @Nullable Frozen frozen;
    private @Nullable WritePlan doubtful;

    /** A layer that is being written, and how far. */
    private static final class Frozen {
        private final RecentRows rows;
        private final long upTo;
        private final long recordBytes;
        private final List<CounterChange> counters;
        private final List<Map.Entry<IdentityId, @Nullable IdentityRow>> identities;
        private int written;

        Frozen(RecentRows rows, long upTo, long recordBytes) {
            this.rows = rows;
            this.upTo = upTo;
            this.recordBytes = recordBytes;
            this.counters = List.copyOf(rows.counters().values());
            this.identities = List.copyOf(rows.identities().entrySet());
        }

        int left() {
            return counters.size() + identities.size() - written;
        }

        void copy(int rowCount, RecentRows target) {
            for (int i = written; i < written + rowCount; i++) {
                if (i < counters.size()) {
                    target.put(counters.get(i));
                } else {
                    var identity = identities.get(i - counters.size());
                    target.put(identity.getKey(), identity.getValue());
                }
            }
        }
    }

    /**
     * The backlog of a shard as it is stored.
     *
     * @param epoch the epoch in the head that was read
     * @param sequence the sequence in it
     * @param materialised the mark in it
     * @param records the commits after the mark, in order, up to the sequence
     */
    public ShardBacklog(BacklogLimits limits, long epoch, long sequence, long materialised, List<Commit> records) {
        this.limits = limits;
        this.epoch = epoch;
        this.sequence = sequence;
        this.materialised = materialised;
        this.newestFrom = materialised;
        for (Commit record : records) {
            newest.add(record);
            newestBytes += CommitCodec.maxLength(record);
        }
    }

    /** The epoch that was stored when it was loaded. */
    public long epoch() {
        return epoch;
    }

    /** Whether a commit is the next one. */
    public synchronized boolean isNext(Commit commit) {
        return commit.epoch() == epoch && commit.sequence() == sequence + 1;
    }

    /** How many commits are records alone. */
    public synchronized long records() {
        return sequence - materialised;
    }

    /** About the memory that their rows take. */
    public synchronized long memoryBytes() {
        return newest.bytes() + (frozen == null ? 0 : frozen.rows.bytes());
    }

    /** About the bytes of their records. */
    public synchronized long recordBytes() {
        return newestBytes + (frozen == null ? 0 : frozen.recordBytes);
    }

    /**
     * How the next commit is written. Where an identical one is in doubt, exactly as that one.
     *
     * @return null where the commit is not the next one, or another one is in doubt: the shard has to be loaded again
     */
    public synchronized @Nullable WritePlan plan(Commit commit) {
        WritePlan same = doubtful;
        if (same != null) {
            return same.commit().equals(commit) ? same : null;
        }
        if (!isNext(commit)) {
            return null;
        }
        if (frozen == null && isHalfFull()) {
            frozen = new Frozen(newest, sequence, newestBytes);
            newest = new RecentRows();
            newestBytes = 0;
            newestFrom = sequence;
        }
        Frozen layer = frozen;
        int slice = layer == null ? 0 : slice(layer, commit);
        long mark = layer != null && slice == layer.left() ? layer.upTo : materialised;
        if (!hasRoom(commit, mark)) {
            return whole(commit);
        }
        RecentRows rows = new RecentRows();
        if (layer != null) {
            layer.copy(slice, rows);
        }
        return plan(commit, (int) (commit.sequence() % limits.slots()), mark, rows);
    }

    private boolean isHalfFull() {
        return 2 * (sequence - newestFrom) >= limits.slots()
                || 2 * newestBytes >= limits.recordBytes()
                || 2 * newest.bytes() >= limits.memoryBytes()
                || 2 * newest.rows() >= MAX_ROWS;
    }

    /** How many rows of the layer go with a commit, so that it is written before the newest one is half full. */
    private int slice(Frozen layer, Commit commit) {
        long commits = Math.min(
                limits.slots() / 2 - (sequence - newestFrom),
                Math.min(
                        (limits.recordBytes() / 2 - newestBytes) / CommitCodec.maxLength(commit),
                        Math.min(
                                (limits.memoryBytes() / 2 - newest.bytes()) / Math.max(1, RecentRows.bytes(commit)),
                                (MAX_ROWS / 2 - newest.rows()) / Math.max(1, RecentRows.rows(commit)))));
        int left = layer.left();
        return commits <= 1 ? left : (int) Math.min(left, Math.max(MIN_SLICE, (left + commits - 1) / commits));
    }

    private boolean hasRoom(Commit commit, long mark) {
        // The layer counts no more where this commit finishes it.
        Frozen left = frozen == null || frozen.upTo == mark ? null : frozen;
        return commit.sequence() - mark <= limits.slots()
                && newestBytes + (left == null ? 0 : left.recordBytes) + CommitCodec.maxLength(commit)
                        <= limits.recordBytes()
                && newest.bytes() + (left == null ? 0 : left.rows.bytes()) + RecentRows.bytes(commit)
                        <= limits.memoryBytes()
                && newest.rows() + (left == null ? 0 : left.rows.rows()) + RecentRows.rows(commit) <= MAX_ROWS;
    }

    /** All rows that there are, and the commit's own. */
    private WritePlan whole(Commit commit) {
        RecentRows rows = new RecentRows();
        Frozen layer = frozen;
        if (layer != null) {
            layer.copy(layer.left(), rows);
        }
        newest.counters().values().forEach(rows::put);
        newest.identities().forEach(rows::put);
        rows.add(commit);
        return plan(commit, -1, commit.sequence(), rows);
    }

    private static WritePlan plan(Commit commit, int slot, long mark, RecentRows rows) {
        return new WritePlan(commit, slot, mark, List.copyOf(rows.counters().values()), rows.identities());
    }

    /** Nobody knows whether a plan has taken effect: the same commit will be written in the same way. */
    public synchronized void inDoubt(WritePlan plan) {
        doubtful = plan;
    }

    /** A plan has taken effect. */
    public synchronized void tookEffect(WritePlan plan) {
        doubtful = null;
        sequence = plan.commit().sequence();
        if (!plan.isRecord()) {
            frozen = null;
            newest = new RecentRows();
            newestBytes = 0;
            newestFrom = sequence;
        } else {
            newest.add(plan.commit());
            newestBytes += CommitCodec.maxLength(plan.commit());
            Frozen layer = frozen;
            if (layer != null) {
                layer.written += plan.counters().size() + plan.identities().size();
                if (plan.materialised() == layer.upTo) {
                    frozen = null;
                }
            }
        }
        materialised = plan.materialised();
    }

    /** The counter's last change; null where its row has its state. */
    public synchronized @Nullable CounterChange counter(Key key) {
        CounterChange change = newest.counter(key);
        return change != null || frozen == null ? change : frozen.rows.counter(key);
    }

    /**
     * The last changes of counters within a prefix and after a key, in order, as of now: as many as a page of so many
     * counters can need.
     */
    public synchronized List<Map.Entry<Key, CounterChange>> counters(byte[] prefix, @Nullable Key after, int limit) {
        Frozen layer = frozen;
        return page(
                new Newer<>(
                        newest.counters(prefix, after),
                        layer == null ? Collections.emptyIterator() : layer.rows.counters(prefix, after),
                        key -> key.startsWith(prefix)),
                CounterChange::deleted,
                limit);
    }

    /** The same of identity rows after an id; null for those that were forgotten. */
    public synchronized List<Map.Entry<IdentityId, @Nullable IdentityRow>> identities(
            @Nullable IdentityId after, int limit) {
        Frozen layer = frozen;
        Iterator<Map.Entry<IdentityId, @Nullable IdentityRow>> below =
                layer == null ? Collections.emptyIterator() : layer.rows.identities(after);
        return page(new Newer<>(newest.identities(after), below, any -> true), row -> row == null, limit);
    }

    private static <K extends Comparable<K>, V extends @Nullable Object> List<Map.Entry<K, V>> page(
            Newer<K, V> newer, Predicate<V> removed, int limit) {
        List<Map.Entry<K, V>> page = new ArrayList<>();
        int live = 0;
        for (var first = newer.first(); first != null && live < limit; first = newer.first()) {
            page.add(new SimpleImmutableEntry<>(first)); // the map's own would change with the next commit
            live += removed.test(first.getValue()) ? 0 : 1;
            newer.next();
        }
        return page;
    }
}
