package dev.odometer.store.rocksdb;

import java.util.Arrays;

/**
 * Tells which counters may have been changed since RocksDB was written last: a bit set over hashes, in two generations,
 * of which the older one is being written. Says "maybe" too often, never too rarely. {@link #mayContain} may run beside
 * everything else; the other methods are for one thread at a time.
 */
final class RecentKeys {
    private static final int BITS = 22;

    private volatile long[] current = new long[1 << (BITS - 6)];
    private volatile long[] writing = new long[1 << (BITS - 6)];

    void add(long keyHash) {
        int bit = bit(keyHash);
        current[bit >> 6] |= 1L << bit;
    }

    /**
     * Whether the counter may have been changed. Current is read first: when a generation moves on, it is "writing"
     * before a new one is current, so it is seen in one of the two places.
     */
    boolean mayContain(long keyHash) {
        int bit = bit(keyHash);
        if ((current[bit >> 6] >>> bit & 1) != 0) {
            return true;
        }
        return (writing[bit >> 6] >>> bit & 1) != 0;
    }

    /** Begins a new generation; what was added so far stays until {@link #clearWriting}. */
    void rotate() {
        long[] empty = writing;
        writing = current;
        current = empty;
    }

    /** Forgets what was added before the last {@link #rotate}. */
    void clearWriting() {
        Arrays.fill(writing, 0);
    }

    private static int bit(long keyHash) {
        return (int) (keyHash >>> 7) & ((1 << BITS) - 1);
    }
}
