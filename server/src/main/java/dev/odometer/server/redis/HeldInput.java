package dev.odometer.server.redis;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Received bytes that cannot be run yet: the beginning of a command whose rest has not come, or commands that wait for
 * room. Its memory is counted against {@link RedisLimits#maxHeldInputBytes()}.
 *
 * <p>Used by the loop's thread only.
 */
final class HeldInput {
    private static final byte[] NONE = new byte[0];
    private static final int KEPT = 512;

    private final RedisState state;
    private byte[] bytes = NONE;
    private int length;
    private int needed;

    HeldInput(RedisState state) {
        this.state = state;
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    /** How many bytes there must be before parsing them again makes sense. */
    int needed() {
        return needed;
    }

    void needs(int bytesNeeded) {
        needed = bytesNeeded;
    }

    void copyTo(byte[] target) {
        System.arraycopy(bytes, 0, target, 0, length);
    }

    /** Adds all that the buffer has; false, and nothing held, where the bound does not allow it. */
    boolean append(ByteBuf in) {
        int fresh = in.readableBytes();
        if (!ensure(length + fresh)) {
            return false;
        }
        in.readBytes(bytes, length, fresh);
        length += fresh;
        return true;
    }

    /** Holds a range of other bytes instead; false, and nothing held, where the bound does not allow it. */
    boolean replace(byte[] source, int from, int to) {
        length = 0;
        int left = to - from;
        if (left == 0) {
            shrink();
            return true;
        }
        if (!ensure(left)) {
            return false;
        }
        System.arraycopy(source, from, bytes, 0, left);
        length = left;
        return true;
    }

    /** Forgets the first bytes. */
    void drop(int count) {
        length -= count;
        System.arraycopy(bytes, count, bytes, 0, length);
        shrink();
    }

    void clear() {
        length = 0;
        needed = 0;
        state.holdInput(-bytes.length);
        bytes = NONE;
    }

    private void shrink() {
        if (length == 0 && bytes.length > KEPT) {
            state.holdInput(-bytes.length);
            bytes = NONE;
        }
    }

    private boolean ensure(int capacity) {
        if (capacity <= bytes.length) {
            return true;
        }
        int size = Math.max(KEPT, capacity <= KEPT ? 0 : Integer.highestOneBit(capacity - 1) << 1);
        if (!state.holdInput(size - bytes.length)) {
            clear();
            return false;
        }
        bytes = Arrays.copyOf(bytes, size);
        return true;
    }
}
