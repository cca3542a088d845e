package dev.odometer.server.redis;

/** Numbers as Redis takes them: the canonical decimal form of a signed 64-bit integer, and no other. */
final class Numbers {
    /** The longest canonical form, {@code -9223372036854775808}. */
    static final int MAX_DIGITS = 20;

    private Numbers() {}

    /**
     * Whether the bytes are canonical: no sign but a leading minus, no leading zero, no space, no {@code -0}, within 64
     * bits.
     */
    static boolean isCanonical(byte[] bytes, int offset, int length) {
        if (length == 0 || length > MAX_DIGITS) {
            return false;
        }
        int i = offset;
        int end = offset + length;
        boolean negative = bytes[i] == '-';
        if (negative) {
            i++;
        }
        if (i == end || (bytes[i] == '0' && length > 1)) {
            return false;
        }
        int digits = end - i;
        for (int k = i; k < end; k++) {
            if (bytes[k] < '0' || bytes[k] > '9') {
                return false;
            }
        }
        // 18 digits always fit; 19 may not: compare as unsigned, where they do.
        return digits < 19 || (digits == 19 && fits(bytes, i, negative));
    }

    private static boolean fits(byte[] bytes, int offset, boolean negative) {
        long magnitude = 0;
        for (int i = 0; i < 19; i++) {
            magnitude = magnitude * 10 + (bytes[offset + i] - '0');
        }
        long most = negative ? Long.MIN_VALUE : Long.MAX_VALUE;
        return Long.compareUnsigned(magnitude, most) <= 0;
    }

    /** The value of canonical bytes. */
    static long parse(byte[] bytes, int offset, int length) {
        boolean negative = bytes[offset] == '-';
        long value = 0;
        for (int i = negative ? offset + 1 : offset; i < offset + length; i++) {
            value = value * 10 - (bytes[i] - '0');
        }
        return negative ? value : -value;
    }
}
