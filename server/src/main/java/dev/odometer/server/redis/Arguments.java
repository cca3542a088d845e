package dev.odometer.server.redis;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The arguments of one command, as ranges of the bytes that were received: nothing is copied. Valid until the next
 * command is parsed; who keeps an argument copies it. Argument 0 is the command's name.
 *
 * <p>Used by the loop's thread only.
 */
final class Arguments {
    private static final int KEPT_CAPACITY = 1_024;

    byte[] bytes = new byte[0];
    int count;
    int[] offsets = new int[16];
    int[] lengths = new int[16];

    /** Starts a command of {@code capacity} arguments in {@code bytes}. */
    void start(byte[] source, int capacity) {
        bytes = source;
        count = 0;
        if (capacity > offsets.length || offsets.length > KEPT_CAPACITY) {
            int size = Math.max(16, capacity);
            offsets = new int[size];
            lengths = new int[size];
        }
    }

    void append(int offset, int length) {
        if (count == offsets.length) {
            offsets = Arrays.copyOf(offsets, count * 2);
            lengths = Arrays.copyOf(lengths, count * 2);
        }
        offsets[count] = offset;
        lengths[count] = length;
        count++;
    }

    /** Whether the argument is this word of upper-case ASCII letters and signs, in any case. */
    boolean is(int index, String upper) {
        int length = lengths[index];
        if (length != upper.length()) {
            return false;
        }
        int offset = offsets[index];
        for (int i = 0; i < length; i++) {
            int b = bytes[offset + i];
            if (b >= 'a' && b <= 'z') {
                b -= 'a' - 'A';
            }
            if (b != upper.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** The argument as text; bytes that are not UTF-8 become replacement characters. */
    String text(int index) {
        return new String(bytes, offsets[index], lengths[index], StandardCharsets.UTF_8);
    }

    /** A copy of the argument's bytes. */
    byte[] copy(int index) {
        return Arrays.copyOfRange(bytes, offsets[index], offsets[index] + lengths[index]);
    }
}
