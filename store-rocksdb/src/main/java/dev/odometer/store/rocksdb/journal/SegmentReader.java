package dev.odometer.store.rocksdb.journal;

import dev.odometer.engine.store.StoreException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * One segment's bytes at the start: walks its records and judges what is behind the last good one. Not thread-safe.
 */
final class SegmentReader {
    private final Path path;
    private final long number;
    private final ByteBuffer bytes;

    SegmentReader(Path path, long number, byte[] content) {
        this.path = path;
        this.number = number;
        this.bytes = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** What is at a place where a record may be. */
    enum Found {
        /** The expected record, intact. */
        RECORD,
        /** Nothing was ever written here or behind. */
        NOTHING,
        /** A record that was cut off while it was written. */
        CUT_OFF,
        /** A record that was written completely and is not what was written. */
        DAMAGED
    }

    int size() {
        return bytes.capacity();
    }

    Path path() {
        return path;
    }

    /** Refuses a segment that is not of this store, or of a newer version. */
    void checkHeader(long storeId) {
        switch (JournalFormat.checkSegmentHeader(bytes, storeId, number)) {
            case VALID -> {}
            case NEWER ->
                throw new StoreException.Incompatible("The journal file " + path
                        + " was written by a newer version of Odometer. Nothing was changed. Start that "
                        + "version, or a newer one.");
            case FOREIGN -> throw damaged(16, "it belongs to another store");
            case INVALID -> throw damaged(0, "its header is not intact");
        }
    }

    /** Whether bytes before {@code offset} show that a record ended there. */
    boolean recordEndsAt(int offset) {
        return offset == JournalFormat.FIRST_RECORD || bytes.get(offset - 1) == JournalFormat.FILL;
    }

    Found look(int at, long expected) {
        if (at + JournalFormat.RECORD_HEADER > size()) {
            return Found.NOTHING;
        }
        if (JournalFormat.headerValid(bytes, at, number)) {
            if (JournalFormat.sequence(bytes, at) != expected) {
                return Found.DAMAGED;
            }
            if (JournalFormat.payloadValid(bytes, at)) {
                return Found.RECORD;
            }
            return cutOff(at) ? Found.CUT_OFF : Found.DAMAGED;
        }
        if (zero(at, at + JournalFormat.RECORD_HEADER)) {
            return zero(at, size()) ? Found.NOTHING : Found.CUT_OFF;
        }
        // A part of a header: no disk leaves one, as it is within a sector, unless the file was cut there.
        boolean cutWithinHeader =
                bytes.get(at + JournalFormat.RECORD_HEADER - 1) == 0 && zero(at + JournalFormat.RECORD_HEADER, size());
        return cutWithinHeader ? Found.CUT_OFF : Found.DAMAGED;
    }

    /** Whether a sector of the record, or its last byte, is still as it was before the record was written. */
    private boolean cutOff(int at) {
        int end = end(at);
        if (bytes.get(end - 1) == 0) {
            return true;
        }
        int from = at;
        while (from < end) {
            int to = Math.min(end, (from / JournalFormat.SECTOR + 1) * JournalFormat.SECTOR);
            if (zero(from, to)) {
                return true;
            }
            from = to;
        }
        return false;
    }

    /**
     * The highest sequence that any record header at or behind {@code at} proves to have been synced; 0 where there is
     * none.
     */
    long provenFrom(int at) {
        long proven = 0;
        for (int i = at; i + JournalFormat.RECORD_HEADER <= size(); i += JournalFormat.ALIGNMENT) {
            if (JournalFormat.headerValid(bytes, i, number)) {
                proven = Math.max(proven, JournalFormat.durable(bytes, i));
            }
        }
        return proven;
    }

    /** Whether any record was ever written to this segment, whole or not. */
    boolean isUsed() {
        return !zero(JournalFormat.FIRST_RECORD, size());
    }

    int end(int at) {
        return at + (int) JournalFormat.recordLength(JournalFormat.payloadLength(bytes, at));
    }

    long durable(int at) {
        return JournalFormat.durable(bytes, at);
    }

    void decode(int at, EntryCodec.Entries entries) {
        int from = at + JournalFormat.RECORD_HEADER;
        ByteBuffer payload = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        payload.limit(from + JournalFormat.payloadLength(bytes, at)).position(from);
        try {
            EntryCodec.decode(payload, entries);
        } catch (IndexOutOfBoundsException | java.nio.BufferUnderflowException | IllegalStateException e) {
            throw damaged(at, "the record's checksum is right, but its content cannot be read: " + e.getMessage());
        }
    }

    /** The bytes from {@code from} to {@code to}. */
    ByteBuffer slice(int from, int to) {
        return bytes.duplicate().position(from).limit(to);
    }

    private boolean zero(int from, int to) {
        int i = from;
        for (; i + Long.BYTES <= to; i += Long.BYTES) {
            if (bytes.getLong(i) != 0) {
                return false;
            }
        }
        for (; i < to; i++) {
            if (bytes.get(i) != 0) {
                return false;
            }
        }
        return true;
    }

    StoreException.Damaged damaged(long offset, String what) {
        return damaged(path, offset, what);
    }

    static StoreException.Damaged damaged(Path path, long offset, String what) {
        return new StoreException.Damaged("The journal file " + path + " is damaged at byte " + offset + ": " + what
                + ". Nothing was changed, and the server does not start, because counts that were acknowledged may "
                + "be missing. Copy the data"
                + " directory to a safe place and check the disk. Then either restore a backup of the whole "
                + "directory, or move the directory"
                + " aside, start with an empty one and import your last export.");
    }
}
