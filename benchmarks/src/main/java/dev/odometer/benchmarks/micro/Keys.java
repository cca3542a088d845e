package dev.odometer.benchmarks.micro;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/** Keys as a protocol parser sees them: bytes in the middle of a buffer, asked for in a random order. One thread. */
final class Keys {
    private static final int LENGTH = "key:000000000000".length();
    private static final int ORDER = 1 << 17;

    final byte[] buffer;
    private final int[] order = new int[ORDER];
    private int next;

    Keys(int count) {
        buffer = new byte[count * LENGTH];
        for (int i = 0; i < count; i++) {
            byte[] key = String.format("key:%012d", i).getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(key, 0, buffer, i * LENGTH, LENGTH);
        }
        SplittableRandom random = new SplittableRandom(11);
        for (int i = 0; i < ORDER; i++) {
            order[i] = random.nextInt(count) * LENGTH;
        }
    }

    /** Where the next key starts in {@link #buffer}. */
    int offset() {
        return order[next++ & ORDER - 1];
    }

    int length() {
        return LENGTH;
    }
}
