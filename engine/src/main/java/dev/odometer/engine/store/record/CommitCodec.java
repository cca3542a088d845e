package dev.odometer.engine.store.record;

import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.BatchId;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CounterChange;
import dev.odometer.engine.store.IdentityRow;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A commit as bytes, little-endian, which the buffers must be. Part of the stored formats. Its shard is not in it.
 *
 * <pre>
 * commit        epoch i64, sequence i64, batch id 2 × i64, counters i64,
 *               then three counts u32 and as many of
 *   change      flags u8 (1: deleted), length of the key - 1 u8, key,
 *               and where it is not deleted: value i64, created i64
 *   forgotten   id 2 × i64
 *   identity    id 2 × i64, sequence i64, fingerprint i64, accepted i64, retention i64, length u32, answers
 * </pre>
 *
 * <p>A byte 0xFF precedes each piece of at most 255 bytes of the answers, so that no sector of a record is ever all
 * zero.
 */
public final class CommitCodec {
    private static final byte DELETED = 1;
    private static final int PIECE = 255;
    private static final byte PIECE_MARK = (byte) 0xFF;
    private static final int HEADER = 5 * 8 + 3 * 4;
    private static final int CHANGE_FIXED = 2 + 16;
    private static final int MAX_CHANGE = CHANGE_FIXED + 256;
    private static final int IDENTITY_FIXED = 6 * 8 + 4;

    private CommitCodec() {}

    /** Where a commit is written to. */
    public interface Target {
        /** A buffer to write to from its position on, with room for at least so many bytes. */
        ByteBuffer room(int bytes);
    }

    /** The most bytes that {@link #encode} writes for a commit. */
    public static int maxLength(Commit commit) {
        int length = HEADER + 16 * commit.forgotten().size();
        for (CounterChange change : commit.changes()) {
            length += CHANGE_FIXED + change.key().length();
        }
        for (IdentityRow row : commit.identities()) {
            length += identityLength(row.answers().length);
        }
        return length;
    }

    /** The commit as bytes of its own. */
    public static byte[] encode(Commit commit) {
        ByteBuffer buffer = ByteBuffer.allocate(maxLength(commit) + MAX_CHANGE).order(ByteOrder.LITTLE_ENDIAN);
        encode(any -> buffer, commit);
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    /** Writes a commit. On the hot path: no allocation. */
    public static void encode(Target target, Commit commit) {
        ByteBuffer out = target.room(HEADER);
        List<CounterChange> changes = commit.changes();
        List<IdentityId> forgotten = commit.forgotten();
        List<IdentityRow> identities = commit.identities();
        out.putLong(commit.epoch()).putLong(commit.sequence());
        out.putLong(commit.batchId().high()).putLong(commit.batchId().low());
        out.putLong(commit.counters());
        out.putInt(changes.size()).putInt(forgotten.size()).putInt(identities.size());
        for (int i = 0, n = changes.size(); i < n; i++) {
            CounterChange change = changes.get(i);
            byte[] key = change.key().bytes();
            out = target.room(MAX_CHANGE);
            out.putShort((short) ((change.deleted() ? DELETED : 0) | ((key.length - 1) << 8)));
            out.put(key);
            if (!change.deleted()) {
                out.putLong(change.value()).putLong(change.createdMillis());
            }
        }
        for (int i = 0, n = forgotten.size(); i < n; i++) {
            out = target.room(16);
            IdentityId id = forgotten.get(i);
            out.putLong(id.high()).putLong(id.low());
        }
        for (int i = 0, n = identities.size(); i < n; i++) {
            encode(target, identities.get(i));
        }
    }

    private static void encode(Target target, IdentityRow row) {
        byte[] answers = row.answers();
        ByteBuffer out = target.room(identityLength(answers.length));
        out.putLong(row.id().high()).putLong(row.id().low());
        out.putLong(row.sequence()).putLong(row.fingerprint());
        out.putLong(row.acceptedMillis()).putLong(row.retentionMillis());
        out.putInt(answers.length);
        for (int at = 0; at < answers.length; at += PIECE) {
            out.put(PIECE_MARK);
            out.put(answers, at, Math.min(PIECE, answers.length - at));
        }
    }

    private static int identityLength(int answers) {
        return IDENTITY_FIXED + answers + answers / PIECE + 1;
    }

    /**
     * Reads a commit of a shard from what {@link #encode(Commit)} has made.
     *
     * @throws RuntimeException where the bytes are no commit
     */
    public static Commit decode(byte[] bytes, int shard) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        Commit commit = decode(in, shard);
        if (in.hasRemaining()) {
            throw new IllegalArgumentException(in.remaining() + " bytes follow the commit");
        }
        return commit;
    }

    /**
     * Reads a commit of a shard from a buffer that has an array.
     *
     * @throws RuntimeException where the bytes are no commit
     */
    public static Commit decode(ByteBuffer in, int shard) {
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
