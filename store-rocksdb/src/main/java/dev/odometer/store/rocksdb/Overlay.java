package dev.odometer.store.rocksdb;

import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CounterChange;
import dev.odometer.engine.store.CounterRow;
import dev.odometer.engine.store.Head;
import dev.odometer.engine.store.IdentityRow;
import dev.odometer.store.rocksdb.journal.JournalPosition;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Committed rows that are newer than those in RocksDB, the last state of each only, and the heads. Not thread-safe: the
 * materialiser's thread's, and before that the opening thread's.
 */
final class Overlay {
    private static final int COUNTER_BYTES = 96;
    private static final int IDENTITY_BYTES = 160;

    private final Map<Integer, Map<Key, CounterChange>> counters = new HashMap<>();
    private final Map<Integer, Map<IdentityId, @Nullable IdentityRow>> identities = new HashMap<>();
    private final Head[] heads;
    private final boolean[] headsChanged;
    private JournalPosition position;
    private long bytes;
    private int rows;
    private boolean dirty;

    Overlay(Head[] heads, JournalPosition position) {
        this.heads = heads.clone();
        this.headsChanged = new boolean[heads.length];
        this.position = position;
    }

    /** Takes a commit's rows; its head is taken by {@link #head}. */
    void add(Commit commit) {
        int shard = commit.shard();
        if (!commit.changes().isEmpty()) {
            Map<Key, CounterChange> ofShard = counters.computeIfAbsent(shard, any -> new HashMap<>());
            for (CounterChange change : commit.changes()) {
                if (ofShard.put(change.key(), change) == null) {
                    bytes += COUNTER_BYTES + change.key().length();
                    rows++;
                }
            }
        }
        if (!commit.forgotten().isEmpty() || !commit.identities().isEmpty()) {
            Map<IdentityId, @Nullable IdentityRow> ofShard = identities.computeIfAbsent(shard, any -> new HashMap<>());
            for (IdentityId id : commit.forgotten()) {
                put(ofShard, id, null);
            }
            for (IdentityRow row : commit.identities()) {
                put(ofShard, row.id(), row);
            }
        }
    }

    private void put(Map<IdentityId, @Nullable IdentityRow> rowsById, IdentityId id, @Nullable IdentityRow row) {
        int before = rowsById.size();
        IdentityRow old = rowsById.put(id, row);
        if (rowsById.size() > before) {
            bytes += IDENTITY_BYTES;
            rows++;
        }
        bytes += (row == null ? 0 : row.answers().length) - (old == null ? 0 : old.answers().length);
    }

    void head(Head head) {
        heads[head.shard()] = head;
        headsChanged[head.shard()] = true;
        dirty = true;
    }

    /** All of the journal up to here has been taken. */
    void position(JournalPosition end) {
        position = end;
    }

    /** Whether there is anything to be written. */
    boolean isDirty() {
        return dirty;
    }

    int shards() {
        return heads.length;
    }

    Head head(int shard) {
        return heads[shard];
    }

    boolean headChanged(int shard) {
        return headsChanged[shard];
    }

    JournalPosition position() {
        return position;
    }

    /** About the memory that the rows take. */
    long bytes() {
        return bytes;
    }

    int rows() {
        return rows;
    }

    /** The counter's last change; null where RocksDB has its state. */
    @Nullable
    CounterChange counter(int shard, Key key) {
        Map<Key, CounterChange> ofShard = counters.get(shard);
        return ofShard == null ? null : ofShard.get(key);
    }

    /** Changed counters of a shard by shard; to be written. */
    Map<Integer, Map<Key, CounterChange>> counters() {
        return counters;
    }

    /** Changed identity rows by shard, null for those forgotten; to be written. */
    Map<Integer, Map<IdentityId, @Nullable IdentityRow>> identities() {
        return identities;
    }

    /** The changed counters of a shard in order, from the first that may have a prefix, and after a key. */
    Iterator<Map.Entry<Key, CounterChange>> counters(int shard, byte[] prefix, @Nullable Key after) {
        NavigableMap<Key, CounterChange> all = sorted(counters, shard);
        Key first = Key.trusted(prefix, 0, prefix.length);
        return (after == null || after.compareTo(first) < 0 ? all.tailMap(first, true) : all.tailMap(after, false))
                .entrySet()
                .iterator();
    }

    /** The changed identity rows of a shard after an id, in order; null for those forgotten. */
    Iterator<Map.Entry<IdentityId, @Nullable IdentityRow>> identities(int shard, @Nullable IdentityId after) {
        NavigableMap<IdentityId, @Nullable IdentityRow> all = sorted(identities, shard);
        return (after == null ? all : all.tailMap(after, false)).entrySet().iterator();
    }

    /**
     * The rows of a shard in order. They are sorted when somebody asks for the first time, and stay so: a listing asks
     * page by page, and where nobody lists, taking in a commit does not pay for it.
     */
    private static <K extends Comparable<K>, V extends @Nullable Object> NavigableMap<K, V> sorted(
            Map<Integer, Map<K, V>> byShard, int shard) {
        Map<K, V> rows = byShard.get(shard);
        if (rows == null) {
            return Collections.emptyNavigableMap();
        }
        if (rows instanceof NavigableMap<K, V> already) {
            return already;
        }
        NavigableMap<K, V> inOrder = new TreeMap<>(rows);
        byShard.put(shard, inOrder); // in the place of the other, so nobody's iteration over the shards is disturbed
        return inOrder;
    }

    /** An empty one that goes on where this one ends. */
    Overlay above() {
        return new Overlay(heads, position);
    }

    static CounterRow row(CounterChange change) {
        return new CounterRow(change.key(), change.value(), change.createdMillis());
    }
}
