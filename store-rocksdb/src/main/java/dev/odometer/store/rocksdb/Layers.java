package dev.odometer.store.rocksdb;

import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.CounterChange;
import dev.odometer.engine.store.IdentityRow;
import dev.odometer.engine.store.record.Newer;
import java.util.Collections;
import org.jspecify.annotations.Nullable;

/**
 * What is newer than RocksDB, in two layers: the newest, which takes what becomes durable, and below it one that is
 * being written to RocksDB and does not change any more. Only the materialiser's thread.
 */
final class Layers {
    private Overlay newest;
    private @Nullable Overlay frozen;

    Layers(Overlay newest) {
        this.newest = newest;
    }

    Overlay newest() {
        return newest;
    }

    /** The layer that is being written; null where none is. */
    @Nullable
    Overlay frozen() {
        return frozen;
    }

    /** Freezes the newest layer and puts an empty one above it; there must be no frozen one. */
    Overlay freeze() {
        if (frozen != null) {
            throw new IllegalStateException("a layer is being written already");
        }
        Overlay full = newest;
        frozen = full;
        newest = full.above();
        return full;
    }

    /** Forgets the frozen layer, which RocksDB has now. */
    void dropFrozen() {
        frozen = null;
    }

    boolean isDirty() {
        return frozen != null || newest.isDirty();
    }

    long bytes() {
        return newest.bytes() + (frozen == null ? 0 : frozen.bytes());
    }

    /** The counter's last change; null where RocksDB has its state. */
    @Nullable
    CounterChange counter(int shard, Key key) {
        CounterChange change = newest.counter(shard, key);
        return change != null || frozen == null ? change : frozen.counter(shard, key);
    }

    /** The last changes of counters of a shard within a prefix and after a key, in order. */
    Newer<Key, CounterChange> counters(int shard, byte[] prefix, @Nullable Key after) {
        return new Newer<>(
                newest.counters(shard, prefix, after),
                frozen == null ? Collections.emptyIterator() : frozen.counters(shard, prefix, after),
                key -> key.startsWith(prefix));
    }

    /** The changed identity rows of a shard after an id, in order; null for those forgotten. */
    Newer<IdentityId, @Nullable IdentityRow> identities(int shard, @Nullable IdentityId after) {
        return new Newer<>(
                newest.identities(shard, after),
                frozen == null ? Collections.emptyIterator() : frozen.identities(shard, after),
                any -> true);
    }
}
