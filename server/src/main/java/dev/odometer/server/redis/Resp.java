package dev.odometer.server.redis;

import java.nio.charset.StandardCharsets;

/** How replies look as bytes. */
final class Resp {
    /** The most bytes of an integer reply in either form: {@code $20\r\n-9223372036854775808\r\n}. */
    static final int MAX_INTEGER_BYTES = 27;

    static final byte[] OK = ascii("+OK\r\n");
    static final byte[] PONG = ascii("+PONG\r\n");
    static final byte[] NULL_2 = ascii("$-1\r\n");
    static final byte[] NULL_3 = ascii("_\r\n");

    private static final long[] POWERS = new long[19];

    /** The two digits of 0 to 99. */
    private static final byte[] TENS = new byte[100];

    private static final byte[] ONES = new byte[100];

    static {
        long power = 1;
        for (int i = 0; i < POWERS.length; i++) {
            POWERS[i] = power;
            power *= 10;
        }
        for (int i = 0; i < 100; i++) {
            TENS[i] = (byte) ('0' + i / 10);
            ONES[i] = (byte) ('0' + i % 10);
        }
    }

    private Resp() {}

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** An error reply. Line ends in the text become spaces, as they would end the reply. */
    static byte[] error(String text) {
        return ('-' + oneLine(text) + "\r\n").getBytes(StandardCharsets.UTF_8);
    }

    static String oneLine(String text) {
        return text.replace('\r', ' ').replace('\n', ' ');
    }

    static byte[] nil(int protocol) {
        return protocol == 3 ? NULL_3 : NULL_2;
    }

    /** Writes {@code :value\r\n}; returns where it ends. */
    static int integer(byte[] out, int at, long value) {
        out[at] = ':';
        return lineEnd(out, decimal(out, at + 1, value));
    }

    /** Writes {@code $length\r\nvalue\r\n}; returns where it ends. */
    static int bulkInteger(byte[] out, int at, long value) {
        int length = decimalLength(value);
        int i = at;
        out[i++] = '$';
        if (length >= 10) {
            out[i++] = TENS[length];
        }
        out[i++] = ONES[length];
        i = lineEnd(out, i);
        return lineEnd(out, decimal(out, i, value, length));
    }

    static int lineEnd(byte[] out, int at) {
        out[at] = '\r';
        out[at + 1] = '\n';
        return at + 2;
    }

    /** Writes the decimal digits; returns where they end. */
    static int decimal(byte[] out, int at, long value) {
        return decimal(out, at, value, decimalLength(value));
    }

    private static int decimal(byte[] out, int at, long value, int length) {
        int end = at + length;
        long rest = value;
        int i = end;
        if (value < 0) {
            out[at] = '-';
            if (value == Long.MIN_VALUE) {
                // Has no positive counterpart: the last digit goes first.
                out[--i] = '8';
                rest = 922337203685477580L;
            } else {
                rest = -value;
            }
        }
        while (rest >= 100) {
            long hundreds = rest / 100;
            int two = (int) (rest - hundreds * 100);
            out[--i] = ONES[two];
            out[--i] = TENS[two];
            rest = hundreds;
        }
        out[--i] = ONES[(int) rest];
        if (rest >= 10) {
            out[--i] = TENS[(int) rest];
        }
        return end;
    }

    static int decimalLength(long value) {
        if (value == Long.MIN_VALUE) {
            return Numbers.MAX_DIGITS;
        }
        long magnitude = Math.abs(value);
        int digits = 1;
        while (digits < 19 && magnitude >= POWERS[digits]) {
            digits++;
        }
        return value < 0 ? digits + 1 : digits;
    }
}
