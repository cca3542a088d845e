package dev.odometer.store.rocksdb.journal;

import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.BatchId;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CounterChange;
import dev.odometer.engine.store.IdentityRow;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The payload of a record: entries one after the other, up to its end.
 *
 * <pre>
 * commit        1, shard u16, epoch i64, sequence i64, batch id 2 × i64, counters i64,
 *               then three counts u32 and as many of
 *   change      flags u8 (1: deleted), length of the key - 1 u8, key,
 *               and where it is not deleted: value i64, created i64
 *   forgotten   id 2 × i64
 *   identity    id 2 × i64, sequence i64, fingerprint i64, accepted i64, retention i64, length u32, answers
 * acquisition   2, shard u16, epoch i64, length of the owner's name u16, the name in UTF-8
 * </pre>
 *
 * <p>A byte 0xFF precedes each piece of at most 255 bytes of the answers, so that no sector of a record is ever all
 * zero.
 */
public final class CommitCodec {
    /** The most bytes of an owner's name. */
    public static final int MAX_OWNER_BYTES = 1024;

    private static final byte COMMIT = 1;
    private static final byte ACQUISITION = 2;
    private static final byte DELETED = 1;
    private static final int PIECE = 255;
    private static final byte PIECE_MARK = (byte) 0xFF;
    private static final int COMMIT_HEADER = 64;
    private static final int MAX_CHANGE = 2 + 256 + 16;
    private static final int IDENTITY_FIXED = 6 * 8 + 4;

    private CommitCodec() {}

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
        ByteBuffer out = record.room(COMMIT_HEADER);
        List<CounterChange> changes = commit.changes();
        List<IdentityId> forgotten = commit.forgotten();
        List<IdentityRow> identities = commit.identities();
        out.put(COMMIT).putShort((short) commit.shard());
        out.putLong(commit.epoch()).putLong(commit.sequence());
        out.putLong(commit.batchId().high()).putLong(commit.batchId().low());
        out.putLong(commit.counters());
        out.putInt(changes.size()).putInt(forgotten.size()).putInt(identities.size());
        for (int i = 0, n = changes.size(); i < n; i++) {
            CounterChange change = changes.get(i);
            byte[] key = change.key().bytes();
            out = record.room(MAX_CHANGE);
            out.putShort((short) ((change.deleted() ? DELETED : 0) | ((key.length - 1) << 8)));
            out.put(key);
            if (!change.deleted()) {
                out.putLong(change.value()).putLong(change.createdMillis());
            }
        }
        for (int i = 0, n = forgotten.size(); i < n; i++) {
            out = record.room(16);
            IdentityId id = forgotten.get(i);
            out.putLong(id.high()).putLong(id.low());
        }
        for (int i = 0, n = identities.size(); i < n; i++) {
            encode(record, identities.get(i));
        }
    }

    private static void encode(RecordBuffer record, IdentityRow row) {
        byte[] answers = row.answers();
        ByteBuffer out = record.room(IDENTITY_FIXED + answers.length + answers.length / PIECE + 1);
        out.putLong(row.id().high()).putLong(row.id().low());
        out.putLong(row.sequence()).putLong(row.fingerprint());
        out.putLong(row.acceptedMillis()).putLong(row.retentionMillis());
        out.putInt(answers.length);
        for (int at = 0; at < answers.length; at += PIECE) {
            out.put(PIECE_MARK);
            out.put(answers, at, Math.min(PIECE, answers.length - at));
        }
    }

    /** Appends an acquisition to the record. */
    public static void encodeAcquisition(RecordBuffer record, int shard, long epoch, String owner) {
        byte[] name = owner.getBytes(StandardCharsets.UTF_8);
        if (name.length > MAX_OWNER_BYTES) {
            throw new IllegalArgumentException(
                    "the owner's name has " + name.length + " bytes; at most " + MAX_OWNER_BYTES + " are allowed");
        }
        ByteBuffer out = record.room(COMMIT_HEADER + name.length);
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
                entries.commit(decodeCommit(in, shard));
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

    private static Commit decodeCommit(ByteBuffer in, int shard) {
        long epoch = in.getLong();
        long sequence = in.getLong();
        BatchId batchId = new BatchId(in.getLong(), in.getLong());
        long counters = in.getLong();
        int changeCount = in.getInt();
        int forgottenCount = in.getInt();
        int identityCount = in.getInt();
        List<CounterChange> changes = new ArrayList<>(changeCount);
        for (int i = 0; i < changeCount; i++) {
            boolean deleted = in.get() == DELETED;
            int length = (in.get() & 0xFF) + 1;
            Key key = Key.trusted(in.array(), in.arrayOffset() + in.position(), length);
            in.position(in.position() + length);
            changes.add(
                    deleted
                            ? new CounterChange(key, 0, 0, true)
                            : new CounterChange(key, in.getLong(), in.getLong(), false));
        }
        List<IdentityId> forgotten = new ArrayList<>(forgottenCount);
        for (int i = 0; i < forgottenCount; i++) {
            forgotten.add(new IdentityId(in.getLong(), in.getLong()));
        }
        List<IdentityRow> identities = new ArrayList<>(identityCount);
        for (int i = 0; i < identityCount; i++) {
            identities.add(decodeIdentity(in));
        }
        return new Commit(shard, epoch, sequence, batchId, counters, changes, forgotten, identities);
    }

    private static IdentityRow decodeIdentity(ByteBuffer in) {
        IdentityId id = new IdentityId(in.getLong(), in.getLong());
        long sequence = in.getLong();
        long fingerprint = in.getLong();
        long accepted = in.getLong();
        long retention = in.getLong();
        byte[] answers = new byte[in.getInt()];
        for (int at = 0; at < answers.length; at += PIECE) {
            in.get();
            in.get(answers, at, Math.min(PIECE, answers.length - at));
        }
        return new IdentityRow(id, sequence, fingerprint, accepted, retention, answers);
    }
}
