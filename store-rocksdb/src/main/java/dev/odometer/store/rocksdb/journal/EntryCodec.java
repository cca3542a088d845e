package dev.odometer.store.rocksdb.journal;

import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.record.CommitCodec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The payload of a record: entries one after the other, up to its end.
 *
 * <pre>
 * commit        1, shard u16, and the commit: {@link CommitCodec}
 * acquisition   2, shard u16, epoch i64, length of the owner's name u16, the name in UTF-8
 * </pre>
 */
public final class EntryCodec {
    /** The most bytes of an owner's name. */
    public static final int MAX_OWNER_BYTES = 1024;

    private static final byte COMMIT = 1;
    private static final byte ACQUISITION = 2;
    private static final int ENTRY_HEADER = 3;
    private static final int ACQUISITION_HEADER = 13;

    private EntryCodec() {}

    /** Takes the entries of records in the order in which they were written. */
    public interface Entries {
        /** A commit that took effect. */
        void commit(Commit commit);

        /** An acquisition that took effect: the shard's epoch and owner from here on. */
        void acquired(int shard, long epoch, String owner);

        /** The record whose entries came last ends here. */
        void recordEnd(JournalPosition end);
    }

    /** Appends a commit to the record. On the hot path: no allocation. */
    public static void encode(RecordBuffer record, Commit commit) {
        record.room(ENTRY_HEADER).put(COMMIT).putShort((short) commit.shard());
        CommitCodec.encode(record, commit);
    }

    /** Appends an acquisition to the record. */
    public static void encodeAcquisition(RecordBuffer record, int shard, long epoch, String owner) {
        byte[] name = owner.getBytes(StandardCharsets.UTF_8);
        if (name.length > MAX_OWNER_BYTES) {
            throw new IllegalArgumentException(
                    "the owner's name has " + name.length + " bytes; at most " + MAX_OWNER_BYTES + " are allowed");
        }
        ByteBuffer out = record.room(ACQUISITION_HEADER + name.length);
        out.put(ACQUISITION).putShort((short) shard).putLong(epoch);
        out.putShort((short) name.length).put(name);
    }

    /**
     * Decodes the payload from the buffer's position to its limit.
     *
     * @throws RuntimeException where the bytes are no payload, which a checksum has ruled out before
     */
    static void decode(ByteBuffer in, Entries entries) {
        while (in.hasRemaining()) {
            byte kind = in.get();
            int shard = in.getShort() & 0xFFFF;
            if (kind == COMMIT) {
                entries.commit(CommitCodec.decode(in, shard));
            } else if (kind == ACQUISITION) {
                long epoch = in.getLong();
                byte[] name = new byte[in.getShort() & 0xFFFF];
                in.get(name);
                entries.acquired(shard, epoch, new String(name, StandardCharsets.UTF_8));
            } else {
                throw new IllegalStateException("unknown kind of entry " + kind);
            }
        }
    }
}
