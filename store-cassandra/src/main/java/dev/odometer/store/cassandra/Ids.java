package dev.odometer.store.cassandra;

import java.math.BigInteger;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Byte strings as Cassandra orders them: unsigned, a prefix before what it begins. */
final class Ids {
    /** How many bytes beyond the common ones a point between two others is computed with. */
    private static final int PRECISION = 8;

    private static final int LONGEST = 256 + PRECISION;

    private Ids() {}

    /** The first byte string after {@code id}. */
    static byte[] after(byte[] id) {
        return Arrays.copyOf(id, id.length + 1);
    }

    /** A byte string after all that start with {@code prefix} and are no longer than an id can be. */
    static byte[] afterPrefix(byte[] prefix) {
        byte[] end = Arrays.copyOf(prefix, Math.max(prefix.length, LONGEST) + 1);
        Arrays.fill(end, prefix.length, end.length, (byte) 0xFF);
        return end;
    }

    /** A byte string between the two, about in the middle; null where there is none worth trying. */
    static byte @Nullable [] between(byte[] low, byte[] high) {
        int common = Arrays.mismatch(low, high);
        int length = Math.max(0, common) + PRECISION;
        BigInteger a = number(low, length);
        BigInteger b = number(high, length);
        byte[] middle = bytes(a.add(b).shiftRight(1), length);
        boolean inside = Arrays.compareUnsigned(low, middle) < 0 && Arrays.compareUnsigned(middle, high) < 0;
        return inside ? middle : null;
    }

    private static BigInteger number(byte[] id, int length) {
        return new BigInteger(1, Arrays.copyOf(id, length));
    }

    private static byte[] bytes(BigInteger number, int length) {
        byte[] bytes = number.toByteArray();
        byte[] padded = new byte[length];
        int copied = Math.min(bytes.length, length);
        System.arraycopy(bytes, bytes.length - copied, padded, length - copied, copied);
        return padded;
    }
}
