package dev.odometer.store.rocksdb.journal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * The bytes of the journal's files. All numbers are little-endian.
 *
 * <pre>
 * segment file, NNNNNNNNNNNNNNNNNNNN.journal (its number in decimal), filled with zeros when it is made
 *   0     8  "ODOMJRNL"
 *   8     4  format version
 *  12     4  size of the file in bytes
 *  16     8  id of the store, so that no other store's segment is taken for one of this
 *  24     8  number of the segment
 *  32     4  CRC32C of bytes 0 to 31
 * 512        records, each at a multiple of 64, back to back
 *
 * record: all commits of one moment, of all shards
 *   0     4  mark 0x524F444F
 *   4     4  length of the payload in bytes
 *   8     8  number of the segment
 *  16     8  sequence of the record: one more than that of the record before, over all segments
 *  24     8  sequence of the last record known to be synced when this one was written
 *  32     4  CRC32C of the payload
 *  36    20  zero
 *  56     4  CRC32C of bytes 0 to 55
 *  60     4  0xDBDBDBDB
 *  64     n  payload, see {@link EntryCodec}
 *  64+n      8 to 71 bytes 0xDB, up to the next multiple of 64
 * </pre>
 *
 * <p>Why so: a disk writes sectors of 512 bytes whole or not at all, and a header never straddles two. Segments hold
 * zeros before they are written, and no whole sector of a record is zero, so a record that was cut off by a crash shows
 * a zero sector or a zero last byte; one that shows neither was complete, and if its checksum is wrong, it is damaged.
 */
final class JournalFormat {
    static final int VERSION = 1;
    static final int SECTOR = 512;
    static final int FIRST_RECORD = SECTOR;
    static final int ALIGNMENT = 64;
    static final int RECORD_HEADER = 64;
    static final int MIN_TRAILER = 8;
    static final byte FILL = (byte) 0xDB;

    private static final long SEGMENT_MAGIC = ByteBuffer.wrap("ODOMJRNL".getBytes(StandardCharsets.US_ASCII))
            .order(ByteOrder.LITTLE_ENDIAN)
            .getLong();
    private static final int RECORD_MARK = 0x524F444F;
    private static final int SEGMENT_CRC_AT = 32;
    private static final int RECORD_CRC_AT = 56;
    private static final int FILL_WORD = 0xDBDBDBDB;

    private JournalFormat() {}

    /** The bytes that a record with this payload takes. */
    static long recordLength(long payloadLength) {
        return (RECORD_HEADER + payloadLength + MIN_TRAILER + ALIGNMENT - 1) & -ALIGNMENT;
    }

    static String fileName(long segment) {
        return String.format("%020d.journal", segment);
    }

    /** The number of the segment with this file name; 0 where it is not one. */
    static long segmentOf(String fileName) {
        if (!fileName.matches("\\d{20}\\.journal")) {
            return 0;
        }
        try {
            return Long.parseLong(fileName.substring(0, 20));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    static void writeSegmentHeader(ByteBuffer out, long storeId, long segment, int size) {
        out.order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(0, SEGMENT_MAGIC).putInt(8, VERSION).putInt(12, size);
        out.putLong(16, storeId).putLong(24, segment);
        out.putInt(SEGMENT_CRC_AT, crc(out, 0, SEGMENT_CRC_AT));
    }

    /** What the header of a segment says, as far as it can be trusted. */
    enum SegmentHeader {
        VALID,
        NEWER,
        FOREIGN,
        INVALID
    }

    static SegmentHeader checkSegmentHeader(ByteBuffer in, long storeId, long segment) {
        boolean intact = in.capacity() >= FIRST_RECORD
                && in.getLong(0) == SEGMENT_MAGIC
                && in.getInt(SEGMENT_CRC_AT) == crc(in, 0, SEGMENT_CRC_AT);
        if (!intact) {
            return SegmentHeader.INVALID;
        }
        if (in.getInt(8) > VERSION) {
            return SegmentHeader.NEWER;
        }
        if (in.getLong(16) != storeId) {
            return SegmentHeader.FOREIGN;
        }
        boolean complete = in.getInt(12) == in.capacity() && in.getLong(24) == segment;
        return complete ? SegmentHeader.VALID : SegmentHeader.INVALID;
    }

    /** Completes a record whose payload is in place: writes its header and fills its end. Returns its whole length. */
    static int seal(ByteBuffer record, int payloadLength, long segment, long sequence, long durable, CRC32C crc) {
        int end = (int) recordLength(payloadLength);
        for (int i = RECORD_HEADER + payloadLength; i < end; i++) {
            record.put(i, FILL);
        }
        crc.reset();
        update(crc, record, RECORD_HEADER, payloadLength);
        record.putInt(0, RECORD_MARK).putInt(4, payloadLength);
        record.putLong(8, segment).putLong(16, sequence).putLong(24, durable);
        record.putInt(32, (int) crc.getValue()).putInt(36, 0).putLong(40, 0).putLong(48, 0);
        crc.reset();
        update(crc, record, 0, RECORD_CRC_AT);
        record.putInt(RECORD_CRC_AT, (int) crc.getValue()).putInt(60, FILL_WORD);
        return end;
    }

    /** Whether there is an intact record header at {@code at} that belongs to this segment and fits into it. */
    static boolean headerValid(ByteBuffer in, int at, long segment) {
        return in.getInt(at) == RECORD_MARK
                && in.getLong(at + 8) == segment
                && in.getInt(at + RECORD_CRC_AT) == crc(in, at, RECORD_CRC_AT)
                && payloadLength(in, at) >= 0
                && at + recordLength(payloadLength(in, at)) <= in.capacity();
    }

    static boolean payloadValid(ByteBuffer in, int at) {
        return in.getInt(at + 32) == crc(in, at + RECORD_HEADER, payloadLength(in, at));
    }

    static int payloadLength(ByteBuffer in, int at) {
        return in.getInt(at + 4);
    }

    static long sequence(ByteBuffer in, int at) {
        return in.getLong(at + 16);
    }

    static long durable(ByteBuffer in, int at) {
        return in.getLong(at + 24);
    }

    private static int crc(ByteBuffer in, int from, int length) {
        CRC32C crc = new CRC32C();
        update(crc, in, from, length);
        return (int) crc.getValue();
    }

    private static void update(CRC32C crc, ByteBuffer in, int from, int length) {
        int limit = in.limit();
        int position = in.position();
        in.limit(from + length).position(from);
        crc.update(in);
        in.limit(limit).position(position);
    }
}
