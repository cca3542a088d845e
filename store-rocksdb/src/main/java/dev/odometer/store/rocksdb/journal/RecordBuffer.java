package dev.odometer.store.rocksdb.journal;

import dev.odometer.engine.store.record.CommitCodec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The record that is being put together: one direct buffer, reused for each record, that grows to what the largest
 * needed. Not thread-safe: guarded by the store's submission lock.
 */
public final class RecordBuffer implements CommitCodec.Target {
    private static final int INITIAL = 256 * 1024;

    private final CRC32C crc = new CRC32C();
    private ByteBuffer buffer = allocate(INITIAL);

    /** Drops what is in the buffer and begins a record. */
    public void begin() {
        buffer.clear().position(JournalFormat.RECORD_HEADER);
    }

    /** The bytes of payload so far. */
    public int payloadLength() {
        return buffer.position() - JournalFormat.RECORD_HEADER;
    }

    /** Takes the payload back to a length that it had. */
    public void truncate(int payloadLength) {
        buffer.position(JournalFormat.RECORD_HEADER + payloadLength);
    }

    /** The buffer, with room for at least {@code bytes} more beside the record's end. */
    @Override
    public ByteBuffer room(int bytes) {
        ByteBuffer current = buffer;
        if (current.remaining() >= bytes + 2 * JournalFormat.ALIGNMENT) {
            return current;
        }
        return grow(bytes);
    }

    private ByteBuffer grow(int bytes) {
        int needed = Math.addExact(buffer.position(), bytes + 2 * JournalFormat.ALIGNMENT);
        ByteBuffer larger = allocate(Math.max(needed, 2 * buffer.capacity()));
        buffer.flip();
        larger.put(buffer);
        buffer = larger;
        return larger;
    }

    /** The finished record, from position 0 to its end. Good until the next {@link #begin}. */
    ByteBuffer seal(long segment, long sequence, long durable) {
        int length = JournalFormat.seal(buffer, payloadLength(), segment, sequence, durable, crc);
        return buffer.position(0).limit(length);
    }

    private static ByteBuffer allocate(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
