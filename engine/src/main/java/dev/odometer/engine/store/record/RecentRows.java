package dev.odometer.engine.store.record;

import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CounterChange;
import dev.odometer.engine.store.CounterRow;
import dev.odometer.engine.store.IdentityRow;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The rows of one shard that commits have changed, the last state of each only. Not thread-safe. */
public final class RecentRows {
    private static final int COUNTER_BYTES = 96;
    private static final int IDENTITY_BYTES = 160;

    private Map<Key, CounterChange> counters = new HashMap<>();
    private Map<IdentityId, @Nullable IdentityRow> identities = new HashMap<>();
    private long bytes;

    /** No rows. */
    public RecentRows() {}

    /** Takes a commit's rows, which are newer than those taken before. */
    public void add(Commit commit) {
        for (CounterChange change : commit.changes()) {
            put(change);
        }
        for (IdentityId id : commit.forgotten()) {
            put(id, null);
        }
        for (IdentityRow row : commit.identities()) {
            put(row.id(), row);
        }
    }

    /** Takes the last state of a counter. */
    public void put(CounterChange change) {
        if (counters.put(change.key(), change) == null) {
            bytes += COUNTER_BYTES + change.key().length();
        }
    }

    /** Takes the last state of an identity; null where it is forgotten. */
    public void put(IdentityId id, @Nullable IdentityRow row) {
        int before = identities.size();
        IdentityRow old = identities.put(id, row);
        if (identities.size() > before) {
            bytes += IDENTITY_BYTES;
        }
        bytes += (row == null ? 0 : row.answers().length) - (old == null ? 0 : old.answers().length);
    }

    /** The most memory that a commit's rows can take, in bytes. */
    public static long bytes(Commit commit) {
        long bytes = (long) COUNTER_BYTES * commit.changes().size()
                + (long) IDENTITY_BYTES
                        * (commit.forgotten().size() + commit.identities().size());
        for (CounterChange change : commit.changes()) {
            bytes += change.key().length();
        }
        for (IdentityRow row : commit.identities()) {
            bytes += row.answers().length;
        }
        return bytes;
    }

    /** The most rows that a commit can add. */
    public static int rows(Commit commit) {
        return commit.changes().size()
                + commit.forgotten().size()
                + commit.identities().size();
    }

    /** About the memory that the rows take, in bytes. */
    public long bytes() {
        return bytes;
    }

    /** How many rows there are. */
    public int rows() {
        return counters.size() + identities.size();
    }

    /** The counter's last change; null where there is none here. */
    public @Nullable CounterChange counter(Key key) {
        return counters.get(key);
    }

    /** The changed counters. */
    public Map<Key, CounterChange> counters() {
        return counters;
    }

    /** The changed identity rows, null for those forgotten. */
    public Map<IdentityId, @Nullable IdentityRow> identities() {
        return identities;
    }

    /** The changed counters in order, from the first that may have a prefix, and after a key. */
    public Iterator<Map.Entry<Key, CounterChange>> counters(byte[] prefix, @Nullable Key after) {
        NavigableMap<Key, CounterChange> all = sorted(counters);
        counters = all;
        Key first = Key.trusted(prefix, 0, prefix.length);
        return (after == null || after.compareTo(first) < 0 ? all.tailMap(first, true) : all.tailMap(after, false))
                .entrySet()
                .iterator();
    }

    /** The changed identity rows after an id, in order; null for those forgotten. */
    public Iterator<Map.Entry<IdentityId, @Nullable IdentityRow>> identities(@Nullable IdentityId after) {
        NavigableMap<IdentityId, @Nullable IdentityRow> all = sorted(identities);
        identities = all;
        return (after == null ? all : all.tailMap(after, false)).entrySet().iterator();
    }

    /**
     * The rows in order. They are sorted when somebody asks for the first time, and stay so: a listing asks page by
     * page, and where nobody lists, taking in a commit does not pay for it.
     */
    private static <K extends Comparable<K>, V extends @Nullable Object> NavigableMap<K, V> sorted(Map<K, V> rows) {
        return rows instanceof NavigableMap<K, V> already ? already : new TreeMap<>(rows);
    }

    /** The counter that a change leaves, which must not be a deletion. */
    public static CounterRow row(CounterChange change) {
        return new CounterRow(change.key(), change.value(), change.createdMillis());
    }
}
