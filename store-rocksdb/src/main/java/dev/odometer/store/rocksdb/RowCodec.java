package dev.odometer.store.rocksdb;

import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.BatchId;
import dev.odometer.engine.store.CounterRow;
import dev.odometer.engine.store.Head;
import dev.odometer.engine.store.IdentityRow;
import dev.odometer.store.rocksdb.journal.JournalPosition;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The rows of the RocksDB database, all in its one column family. Numbers are big-endian, so that rows are in the order
 * of their keys.
 *
 * <pre>
 * counter    01, shard u16, key               → value i64, created i64
 * identity   02, shard u16, id 2 × i64        → sequence i64, fingerprint i64, accepted i64, retention i64, answers
 * format     03 00                            → format version u32, shards u32, id of the store i64
 * position   03 01                            → journal segment i64, offset i64, sequence i64
 * head       03 02, shard u16                 → epoch i64, sequence i64, batch id 2 × i64, counters i64, owner
 * </pre>
 *
 * <p>The position says up to where the journal has been brought into the other rows; it is written with the last of
 * them.
 */
final class RowCodec {
    static final int FORMAT_VERSION = 1;
    static final byte[] FORMAT_KEY = {3, 0};
    static final byte[] POSITION_KEY = {3, 1};
    static final int COUNTER_VALUE_BYTES = 16;

    private static final byte COUNTER = 1;
    private static final byte IDENTITY = 2;
    private static final int ROW_PREFIX = 3;

    private RowCodec() {}

    static byte[] counterKey(int shard, byte[] key) {
        byte[] row = new byte[ROW_PREFIX + key.length];
        row[0] = COUNTER;
        row[1] = (byte) (shard >> 8);
        row[2] = (byte) shard;
        System.arraycopy(key, 0, row, ROW_PREFIX, key.length);
        return row;
    }

    static byte[] identityPrefix(int shard) {
        return new byte[] {IDENTITY, (byte) (shard >> 8), (byte) shard};
    }

    static byte[] identityKey(int shard, IdentityId id) {
        return ByteBuffer.allocate(ROW_PREFIX + 16)
                .put(identityPrefix(shard))
                .putLong(id.high())
                .putLong(id.low())
                .array();
    }

    static byte[] headKey(int shard) {
        return new byte[] {3, 2, (byte) (shard >> 8), (byte) shard};
    }

    /** The first key after {@code key}. */
    static byte[] after(byte[] key) {
        return Arrays.copyOf(key, key.length + 1);
    }

    /** The first key after all that start with {@code prefix}, whose first byte is not 0xFF. */
    static byte[] afterPrefix(byte[] prefix) {
        int length = prefix.length;
        while (prefix[length - 1] == (byte) 0xFF) {
            length--;
        }
        byte[] end = Arrays.copyOf(prefix, length);
        end[length - 1]++;
        return end;
    }

    static byte[] counterValue(long value, long createdMillis) {
        byte[] bytes = new byte[COUNTER_VALUE_BYTES];
        ByteBuffer.wrap(bytes).putLong(value).putLong(createdMillis);
        return bytes;
    }

    static CounterRow counter(Key key, byte[] value) {
        ByteBuffer in = ByteBuffer.wrap(value);
        return new CounterRow(key, in.getLong(), in.getLong());
    }

    static CounterRow counter(byte[] row, byte[] value) {
        return counter(Key.trusted(row, ROW_PREFIX, row.length - ROW_PREFIX), value);
    }

    static byte[] identityValue(IdentityRow row) {
        return ByteBuffer.allocate(4 * 8 + row.answers().length)
                .putLong(row.sequence())
                .putLong(row.fingerprint())
                .putLong(row.acceptedMillis())
                .putLong(row.retentionMillis())
                .put(row.answers())
                .array();
    }

    static IdentityRow identity(byte[] row, byte[] value) {
        ByteBuffer id = ByteBuffer.wrap(row, ROW_PREFIX, 16);
        ByteBuffer in = ByteBuffer.wrap(value);
        return new IdentityRow(
                new IdentityId(id.getLong(), id.getLong()),
                in.getLong(),
                in.getLong(),
                in.getLong(),
                in.getLong(),
                Arrays.copyOfRange(value, 4 * 8, value.length));
    }

    static byte[] head(Head head) {
        byte[] owner = head.owner().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(5 * 8 + owner.length)
                .putLong(head.epoch())
                .putLong(head.sequence())
                .putLong(head.batchId().high())
                .putLong(head.batchId().low())
                .putLong(head.counters())
                .put(owner)
                .array();
    }

    static Head head(int shard, byte[] value) {
        ByteBuffer in = ByteBuffer.wrap(value);
        long epoch = in.getLong();
        long sequence = in.getLong();
        BatchId batchId = new BatchId(in.getLong(), in.getLong());
        long counters = in.getLong();
        String owner = new String(value, in.position(), in.remaining(), StandardCharsets.UTF_8);
        return new Head(shard, epoch, owner, sequence, batchId, counters);
    }

    static byte[] position(JournalPosition position) {
        return ByteBuffer.allocate(3 * 8)
                .putLong(position.segment())
                .putLong(position.offset())
                .putLong(position.sequence())
                .array();
    }

    static JournalPosition position(byte[] value) {
        ByteBuffer in = ByteBuffer.wrap(value);
        return new JournalPosition(in.getLong(), in.getLong(), in.getLong());
    }

    static byte[] format(Format format) {
        return ByteBuffer.allocate(16)
                .putInt(format.version())
                .putInt(format.shards())
                .putLong(format.storeId())
                .array();
    }

    static Format format(byte[] value) {
        ByteBuffer in = ByteBuffer.wrap(value);
        return new Format(in.getInt(), in.getInt(), in.getLong());
    }

    /** What the store was made as. */
    record Format(int version, int shards, long storeId) {}
}
