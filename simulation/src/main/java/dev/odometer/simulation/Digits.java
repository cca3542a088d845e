package dev.odometer.simulation;

import org.jspecify.annotations.Nullable;

/**
 * The numbers that make every value tell its own story. Each add or set on a counter owns one digit of the
 * counter's value in base 4: it adds, or sets, 4^digit. So any value says which operations are in it, and a digit
 * of 2 or 3 is an operation that was counted twice. Of a negative counter, all values are negated. Bit 62 belongs
 * to the probes for overflow, which add 2^62: it can be there only once.
 */
final class Digits {
    /** How many operations with a digit a counter can have. */
    static final int PER_COUNTER = 31;

    /** What a probe adds: two of them overflow. */
    static final long PROBE = 1L << 62;

    private static final long ONES = 0x1555_5555_5555_5555L;

    private Digits() {}

    static long unit(int digit) {
        return 1L << (2 * digit);
    }

    /** The digits of a state as a set of bits at even places, the probe's at 62. */
    static long of(long state, boolean negative) {
        return state == Model.ABSENT ? 0 : negative ? -state : state;
    }

    /** Whether a digit is in a set of them. */
    static boolean has(long digits, int digit) {
        return (digits & unit(digit)) != 0;
    }

    /** What is wrong with a state by itself; null where nothing is. */
    static @Nullable String wrong(long state, boolean negative, int digitsInUse) {
        long digits = of(state, negative);
        if (digits < 0) {
            return "has the wrong sign";
        }
        long counted = digits & ~PROBE;
        if ((counted & ~ONES) != 0) {
            return "has an operation more than once: its digits in base 4 are " + Long.toString(counted, 4);
        }
        if (counted >>> 1 >>> (2 * digitsInUse - 1) != 0) {
            return "has an operation that nobody sent: its digits in base 4 are " + Long.toString(counted, 4);
        }
        return null;
    }
}
