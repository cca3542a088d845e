package dev.odometer.store.rocksdb;

import dev.odometer.engine.model.Limits;
import dev.odometer.store.rocksdb.journal.JournalConfig;
import java.nio.file.Path;

/**
 * Where the embedded store is and how much it may take. Immutable.
 *
 * @param directory the data directory; made where it is absent, and the store's alone
 * @param shards how many shards a new store gets; for a store that exists it must be the number that it has
 * @param journalSegmentBytes the size of a journal file; about three exist at least
 * @param checkpointJournalBytes after how many bytes of journal RocksDB is flushed, so that older journal files can go;
 *     bounds the time of a start after a crash
 * @param checkpointRows after how many rows written to RocksDB it is flushed; for the same reason
 * @param backlogBytes about how much memory committed values may take that are not yet in RocksDB; when it is full,
 *     commits wait up to five seconds, on no thread of the caller, and are refused then
 * @param materialiseBytes about how much of it is gathered before it is written to RocksDB
 * @param materialiseMillis how long it is gathered at most
 * @param blockCacheBytes the memory for RocksDB's blocks, indexes and filters
 * @param memtableBytes the memory of one RocksDB memtable; up to three exist
 * @param readerThreads how many threads read from the disk
 * @param concurrentSyncs how many syncs run at a time at most where the disk is slow
 * @param slowSyncMicros from which duration on a sync counts as slow: then other threads do it; 0: always
 * @param commitsInFlight how many commits of a shard may wait for their sync
 */
public record RocksStoreConfig(
        Path directory,
        int shards,
        int journalSegmentBytes,
        long checkpointJournalBytes,
        int checkpointRows,
        long backlogBytes,
        long materialiseBytes,
        int materialiseMillis,
        long blockCacheBytes,
        long memtableBytes,
        int readerThreads,
        int concurrentSyncs,
        int slowSyncMicros,
        int commitsInFlight) {
    /** The smallest journal segment: a commit of the largest size fits into it. */
    public static final int MIN_SEGMENT_BYTES = 4 << 20;

    /** The defaults for a directory: 16 shards, 16 MiB segments, 64 MiB of block cache. */
    public static RocksStoreConfig defaults(Path directory) {
        return new RocksStoreConfig(
                directory,
                16,
                16 << 20,
                128L << 20,
                250_000,
                40L << 20,
                20L << 20,
                2_000,
                64L << 20,
                32L << 20,
                2,
                4,
                300,
                8);
    }

    /** Small sizes, for tests and small machines: 4 shards, 4 MiB segments, 8 MiB of block cache. */
    public static RocksStoreConfig small(Path directory) {
        return new RocksStoreConfig(
                directory, 4, 4 << 20, 8L << 20, 20_000, 8L << 20, 1L << 20, 200, 8L << 20, 2L << 20, 2, 4, 300, 8);
    }

    /** Checks the bounds; reports all that are wrong together. */
    public RocksStoreConfig {
        StringBuilder wrong = new StringBuilder();
        range(wrong, "shards", shards, 1, Limits.MAX_SHARDS);
        range(wrong, "journalSegmentBytes", journalSegmentBytes, MIN_SEGMENT_BYTES, JournalConfig.MAX_SEGMENT_BYTES);
        if (journalSegmentBytes % 4096 != 0) {
            wrong.append("journalSegmentBytes is ")
                    .append(journalSegmentBytes)
                    .append(", must be a multiple of 4096; ");
        }
        range(wrong, "checkpointJournalBytes", checkpointJournalBytes, 1, 1L << 40);
        range(wrong, "checkpointRows", checkpointRows, 1, 1 << 30);
        range(wrong, "backlogBytes", backlogBytes, 1 << 20, 1L << 40);
        range(wrong, "materialiseBytes", materialiseBytes, 1, backlogBytes);
        range(wrong, "materialiseMillis", materialiseMillis, 1, 3_600_000);
        range(wrong, "blockCacheBytes", blockCacheBytes, 1 << 20, 1L << 40);
        range(wrong, "memtableBytes", memtableBytes, 1 << 20, 1L << 36);
        range(wrong, "readerThreads", readerThreads, 1, 256);
        range(wrong, "concurrentSyncs", concurrentSyncs, 1, 64);
        range(wrong, "slowSyncMicros", slowSyncMicros, 0, 60_000_000);
        range(wrong, "commitsInFlight", commitsInFlight, 1, 1_024);
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException(wrong.toString());
        }
    }

    /** The same with another number of shards. */
    public RocksStoreConfig withShards(int number) {
        return with(number, journalSegmentBytes, backlogBytes, materialiseBytes);
    }

    /** The same with journal segments of another size. */
    public RocksStoreConfig withJournalSegmentBytes(int bytes) {
        return with(shards, bytes, backlogBytes, materialiseBytes);
    }

    /** The same, with a backlog of at most a sixteenth of a heap of so many bytes. */
    public RocksStoreConfig within(long heapBytes) {
        long backlog = Math.min(backlogBytes, Math.max(1 << 20, heapBytes / 16));
        return with(shards, journalSegmentBytes, backlog, Math.min(materialiseBytes, Math.max(1, backlog / 3)));
    }

    private RocksStoreConfig with(int newShards, int newSegmentBytes, long newBacklogBytes, long newMaterialiseBytes) {
        return new RocksStoreConfig(
                directory,
                newShards,
                newSegmentBytes,
                checkpointJournalBytes,
                checkpointRows,
                newBacklogBytes,
                newMaterialiseBytes,
                materialiseMillis,
                blockCacheBytes,
                memtableBytes,
                readerThreads,
                concurrentSyncs,
                slowSyncMicros,
                commitsInFlight);
    }

    private static void range(StringBuilder wrong, String name, long value, long min, long max) {
        if (value < min || value > max) {
            wrong.append(name)
                    .append(" is ")
                    .append(value)
                    .append(", must be from ")
                    .append(min)
                    .append(" to ");
            wrong.append(max).append("; ");
        }
    }
}
