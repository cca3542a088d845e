package dev.odometer.store.rocksdb.journal;

/**
 * Decides from the latest syncs whether the committing thread waits for its own sync (a hand-over to another thread
 * would cost more than the disk) or goes on while others sync. Thread-safe; races between observers cost a sample, no
 * more.
 */
final class SyncPolicy {
    private static final int WEIGHT = 8;

    private final long slowNanos;
    private volatile long meanNanos;
    private volatile boolean inline;

    SyncPolicy(long slowNanos) {
        this.slowNanos = slowNanos;
        this.inline = slowNanos > 0;
    }

    /** Whether the committing thread should sync by itself. */
    boolean inline() {
        return inline;
    }

    /**
     * Takes the duration of a sync. One that is far out counts as four times the threshold, so that it decides nothing
     * alone.
     */
    void observe(long nanos) {
        long sample = Math.min(nanos, 4 * slowNanos);
        long mean = meanNanos + (sample - meanNanos) / WEIGHT;
        meanNanos = mean;
        if (inline && mean > slowNanos) {
            inline = false;
        } else if (!inline && mean < slowNanos / 3 * 2) {
            inline = true;
        }
    }
}
