package dev.odometer.store.rocksdb;

import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.CounterChange;
import dev.odometer.engine.store.IdentityRow;
import dev.odometer.engine.store.record.RecentRows;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * Writes an overlay to RocksDB in batches, the heads and the journal's position with the last of them. A crash between
 * them leaves rows that are newer than the position says; replaying the journal from there writes absolute values in
 * their order and ends the same.
 */
final class OverlayWriter {
    private static final long BATCH_BYTES = 64 << 10;

    private final RocksTables tables;
    private final Runnable between;
    private WriteBatch batch = new WriteBatch();

    private OverlayWriter(RocksTables tables, Runnable between) {
        this.tables = tables;
        this.between = between;
    }

    /** Writes all of the overlay; runs {@code between} after each batch. */
    static void write(Overlay overlay, RocksTables tables, Runnable between) throws RocksDBException {
        OverlayWriter writer = new OverlayWriter(tables, between);
        try {
            writer.write(overlay);
        } finally {
            writer.batch.close();
        }
    }

    private void write(Overlay overlay) throws RocksDBException {
        for (Map.Entry<Integer, RecentRows> ofShard : overlay.rows().entrySet()) {
            counters(ofShard.getKey(), ofShard.getValue().counters());
        }
        for (Map.Entry<Integer, RecentRows> ofShard : overlay.rows().entrySet()) {
            identities(ofShard.getKey(), ofShard.getValue().identities());
        }
        for (int shard = 0; shard < overlay.shards(); shard++) {
            if (overlay.headChanged(shard)) {
                batch.put(RowCodec.headKey(shard), RowCodec.head(overlay.head(shard)));
            }
        }
        batch.put(RowCodec.POSITION_KEY, RowCodec.position(overlay.position()));
        tables.write(batch);
    }

    private void counters(int shard, Map<Key, CounterChange> changes) throws RocksDBException {
        CounterChange[] sorted = changes.values().toArray(CounterChange[]::new);
        Arrays.sort(sorted, (a, b) -> a.key().compareTo(b.key())); // the memtable takes a sorted run faster
        for (CounterChange change : sorted) {
            byte[] row = RowCodec.counterKey(shard, change.key().bytes());
            if (change.deleted()) {
                batch.delete(row);
            } else {
                batch.put(row, RowCodec.counterValue(change.value(), change.createdMillis()));
            }
            writeIfLarge();
        }
    }

    private void identities(int shard, Map<IdentityId, @Nullable IdentityRow> changes) throws RocksDBException {
        for (Map.Entry<IdentityId, @Nullable IdentityRow> change : changes.entrySet()) {
            byte[] row = RowCodec.identityKey(shard, change.getKey());
            IdentityRow identity = change.getValue();
            if (identity == null) {
                batch.delete(row);
            } else {
                batch.put(row, RowCodec.identityValue(identity));
            }
            writeIfLarge();
        }
    }

    private void writeIfLarge() throws RocksDBException {
        if (batch.getDataSize() >= BATCH_BYTES) {
            tables.write(batch);
            batch.clear();
            between.run();
        }
    }
}
