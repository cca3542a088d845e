package dev.odometer.store.rocksdb;

import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CounterChange;
import dev.odometer.engine.store.CounterRow;
import dev.odometer.engine.store.Head;
import dev.odometer.engine.store.IdentityRow;
import dev.odometer.store.rocksdb.journal.JournalPosition;
import java.util.HashMap;
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

    /** The changed counters of a shard within a prefix and after a key, in order; empty for those deleted. */
    NavigableMap<Key, CounterChange> counters(int shard, byte[] prefix, @Nullable Key after) {
        NavigableMap<Key, CounterChange> found = new TreeMap<>();
        for (CounterChange change : counters.getOrDefault(shard, Map.of()).values()) {
            Key key = change.key();
            if (key.startsWith(prefix) && (after == null || key.compareTo(after) > 0)) {
                found.put(key, change);
            }
        }
        return found;
    }

    /** The changed identity rows of a shard after an id, in order; null for those forgotten. */
    NavigableMap<IdentityId, @Nullable IdentityRow> identities(int shard, @Nullable IdentityId after) {
        NavigableMap<IdentityId, @Nullable IdentityRow> found = new TreeMap<>();
        identities.getOrDefault(shard, Map.of()).forEach((id, row) -> {
            if (after == null || id.compareTo(after) > 0) {
                found.put(id, row);
            }
        });
        return found;
    }

    /** An empty one that goes on where this one ends. */
    Overlay above() {
        return new Overlay(heads, position);
    }

    static CounterRow row(CounterChange change) {
        return new CounterRow(change.key(), change.value(), change.createdMillis());
    }
}
