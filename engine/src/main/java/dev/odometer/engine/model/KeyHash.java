package dev.odometer.engine.model;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The hash that places a key in a shard. It is part of the stored format: stores hold what earlier versions placed by
 * it, so it
 * never changes (the tests pin values).
 */
public final class KeyHash {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long SEED = 0x9E3779B97F4A7C15L;
    private static final long PRIME = 0xC2B2AE3D27D4EB4FL;

    private KeyHash() {}

    /** The 64-bit hash of {@code length} bytes from {@code offset}. */
    public static long hash(byte[] bytes, int offset, int length) {
        long h = SEED ^ (length * PRIME);
        int i = offset;
        int end = offset + length;
        for (; i + 8 <= end; i += 8) {
            h = step(h, (long) LONGS.get(bytes, i));
        }
        h = step(h, word(bytes, i, end));
        h ^= h >>> 33;
        h *= 0xFF51AFD7ED558CCDL;
        h ^= h >>> 33;
        h *= 0xC4CEB9FE1A85EC53L;
        return h ^ (h >>> 33);
    }

    /** The shard, from 0 to {@code shards - 1}, of a key with this hash. */
    public static int shard(long hash, int shards) {
        return (int) (((hash >>> 32) * shards) >>> 32);
    }

    /**
     * The bytes from {@code from}, at most eight and before {@code end}, as one little-endian number; 0 where there
     * are none.
     */
    public static long word(byte[] bytes, int from, int end) {
        if (from + Long.BYTES <= end) {
            return (long) LONGS.get(bytes, from);
        }
        long word = 0;
        for (int i = from, shift = 0; i < end; i++, shift += 8) {
            word |= (bytes[i] & 0xFFL) << shift;
        }
        return word;
    }

    private static long step(long h, long word) {
        return Long.rotateLeft((h ^ word) * PRIME, 29) * SEED;
    }
}
