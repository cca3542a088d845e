package dev.odometer.store.rocksdb;

import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CounterChange;
import dev.odometer.engine.store.Head;
import dev.odometer.engine.store.IdentityRow;
import dev.odometer.engine.store.record.RecentRows;
import dev.odometer.store.rocksdb.journal.JournalPosition;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Committed rows that are newer than those in RocksDB, the last state of each only, and the heads. Not thread-safe: the
 * materialiser's thread's, and before that the opening thread's.
 */
final class Overlay {
    private final Map<Integer, RecentRows> rows = new HashMap<>();
    private final Head[] heads;
    private final boolean[] headsChanged;
    private JournalPosition position;
    private long bytes;
    private boolean dirty;

    Overlay(Head[] heads, JournalPosition position) {
        this.heads = heads.clone();
        this.headsChanged = new boolean[heads.length];
        this.position = position;
    }

    /** Takes a commit's rows; its head is taken by {@link #head}. */
    void add(Commit commit) {
        if (!commit.changes().isEmpty()
                || !commit.forgotten().isEmpty()
                || !commit.identities().isEmpty()) {
            RecentRows ofShard = rows.computeIfAbsent(commit.shard(), any -> new RecentRows());
            long before = ofShard.bytes();
            ofShard.add(commit);
            bytes += ofShard.bytes() - before;
        }
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

    int rowCount() {
        return rows.values().stream().mapToInt(RecentRows::rows).sum();
    }

    /** The counter's last change; null where RocksDB has its state. */
    @Nullable
    CounterChange counter(int shard, Key key) {
        RecentRows ofShard = rows.get(shard);
        return ofShard == null ? null : ofShard.counter(key);
    }

    /** Changed rows by shard; to be written. */
    Map<Integer, RecentRows> rows() {
        return rows;
    }

    /** The changed counters of a shard in order, from the first that may have a prefix, and after a key. */
    Iterator<Map.Entry<Key, CounterChange>> counters(int shard, byte[] prefix, @Nullable Key after) {
        RecentRows ofShard = rows.get(shard);
        return ofShard == null ? Collections.emptyIterator() : ofShard.counters(prefix, after);
    }

    /** The changed identity rows of a shard after an id, in order; null for those forgotten. */
    Iterator<Map.Entry<IdentityId, @Nullable IdentityRow>> identities(int shard, @Nullable IdentityId after) {
        RecentRows ofShard = rows.get(shard);
        return ofShard == null ? Collections.emptyIterator() : ofShard.identities(after);
    }

    /** An empty one that goes on where this one ends. */
    Overlay above() {
        return new Overlay(heads, position);
    }
}
