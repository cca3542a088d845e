package dev.odometer.store.rocksdb.journal;

import java.nio.file.Path;

/**
 * The journal's sizes.
 *
 * @param directory the directory of the segment files; nothing else belongs there
 * @param storeId the id of the store, written into each segment
 * @param segmentBytes the size of a new segment, a multiple of 512
 * @param concurrentSyncs the most syncs that run at a time where syncs are slow
 * @param slowSyncNanos from which mean duration of a sync on it is not waited for by the committing thread; 0: none is
 */
public record JournalConfig(Path directory, long storeId, int segmentBytes, int concurrentSyncs, long slowSyncNanos) {
    /** The smallest segment, in bytes. */
    public static final int MIN_SEGMENT_BYTES = 4 * 1024;

    /** The largest segment, in bytes. */
    public static final int MAX_SEGMENT_BYTES = 1024 * 1024 * 1024;

    /** Checks the sizes. */
    public JournalConfig {
        if (segmentBytes < MIN_SEGMENT_BYTES || segmentBytes > MAX_SEGMENT_BYTES || segmentBytes % 512 != 0) {
            throw new IllegalArgumentException("the journal's segments have " + segmentBytes
                    + " bytes; a multiple of 512 from " + MIN_SEGMENT_BYTES + " to " + MAX_SEGMENT_BYTES
                    + " is allowed");
        }
        if (concurrentSyncs < 1 || concurrentSyncs > 64) {
            throw new IllegalArgumentException("concurrentSyncs is " + concurrentSyncs + "; 1 to 64 are allowed");
        }
    }
}
