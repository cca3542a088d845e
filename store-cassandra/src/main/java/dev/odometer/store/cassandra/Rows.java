package dev.odometer.store.cassandra;

import com.datastax.oss.driver.api.core.cql.Row;
import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.BatchId;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CounterRow;
import dev.odometer.engine.store.Head;
import dev.odometer.engine.store.IdentityRow;
import dev.odometer.engine.store.StoreException;
import dev.odometer.engine.store.record.CommitCodec;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The rows of {@link CassandraSchema}, to and from what the engine knows. */
final class Rows {
    private static final int RECORD_BYTES = 4 * 8;
    private static final int ID_BYTES = 16;

    private Rows() {}

    static ByteBuffer key(Key key) {
        return ByteBuffer.wrap(key.bytes());
    }

    static byte[] idBytes(IdentityId id) {
        return ByteBuffer.allocate(ID_BYTES)
                .putLong(id.high())
                .putLong(id.low())
                .array();
    }

    static ByteBuffer record(IdentityRow row) {
        return ByteBuffer.allocate(RECORD_BYTES + row.answers().length)
                .putLong(row.sequence())
                .putLong(row.fingerprint())
                .putLong(row.acceptedMillis())
                .putLong(row.retentionMillis())
                .put(row.answers())
                .flip();
    }

    /** A head, and the mark up to which the rows hold everything. */
    record Marked(Head head, long materialised) {}

    static Marked head(int shard, @Nullable Row row) {
        if (row == null || row.isNull("epoch")) {
            return new Marked(Head.unowned(shard), 0);
        }
        int format = row.getInt("format");
        if (format > CassandraSchema.FORMAT_VERSION) {
            throw new StoreException.Incompatible(
                    "shard " + shard + " was written by a newer version of Odometer (format " + format
                            + "). Nothing was changed. Start that version, or a newer one.");
        }
        String owner = row.getString("owner");
        if (format < CassandraSchema.FORMAT_VERSION || owner == null || row.isNull("sequence")) {
            throw damaged(shard, "its head is not complete");
        }
        long sequence = row.getLong("sequence");
        long materialised = row.getLong("materialised");
        if (materialised > sequence || sequence - materialised > CassandraSchema.SLOTS) {
            throw damaged(shard, "its head says that rows hold commits up to " + materialised + " of " + sequence);
        }
        return new Marked(
                new Head(
                        shard,
                        row.getLong("epoch"),
                        owner,
                        sequence,
                        new BatchId(row.getLong("batch_high"), row.getLong("batch_low")),
                        row.getLong("counters")),
                materialised);
    }

    static ByteBuffer slot(long sequence) {
        return ByteBuffer.allocate(2)
                .putShort((short) (sequence % CassandraSchema.SLOTS))
                .flip();
    }

    static Commit commit(int shard, Row row) {
        ByteBuffer record = row.getByteBuffer("record");
        long sequence = row.getLong("sequence");
        if (record == null) {
            throw damaged(shard, "the record of commit " + sequence + " is empty");
        }
        byte[] bytes = new byte[record.remaining()];
        record.get(bytes);
        try {
            Commit commit = CommitCodec.decode(bytes, shard);
            if (commit.sequence() == sequence) {
                return commit;
            }
        } catch (RuntimeException e) {
            throw damaged(shard, "the record of commit " + sequence + " cannot be read (" + e + ")");
        }
        throw damaged(shard, "the record of commit " + sequence + " is that of another");
    }

    static CounterRow counter(int shard, Key key, Row row) {
        if (row.isNull("value") || row.isNull("created")) {
            throw damaged(shard, "the counter '" + key + "' has no value");
        }
        return new CounterRow(key, row.getLong("value"), row.getLong("created"));
    }

    static CounterRow counter(int shard, Row row) {
        byte[] id = id(row);
        return counter(shard, Key.trusted(id, 0, id.length), row);
    }

    static IdentityRow identity(int shard, Row row) {
        byte[] id = id(row);
        ByteBuffer record = row.getByteBuffer("record");
        if (id.length != ID_BYTES || record == null || record.remaining() < RECORD_BYTES) {
            throw damaged(shard, "an identity's record is not complete");
        }
        ByteBuffer in = ByteBuffer.wrap(id);
        long sequence = record.getLong();
        long fingerprint = record.getLong();
        long accepted = record.getLong();
        long retention = record.getLong();
        byte[] answers = new byte[record.remaining()];
        record.get(answers);
        return new IdentityRow(
                new IdentityId(in.getLong(), in.getLong()), sequence, fingerprint, accepted, retention, answers);
    }

    static byte[] id(Row row) {
        ByteBuffer id = row.getByteBuffer("id");
        byte[] bytes = new byte[id == null ? 0 : id.remaining()];
        if (id != null) {
            id.get(bytes);
        }
        return bytes;
    }

    static StoreException.Damaged damaged(int shard, String what) {
        return new StoreException.Damaged("shard " + shard + " in Cassandra is damaged: " + what
                + ". Nothing was changed. Was it written by something else than Odometer? Restore a snapshot.");
    }
}
