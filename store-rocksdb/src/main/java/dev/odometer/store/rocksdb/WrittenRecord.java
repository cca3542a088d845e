package dev.odometer.store.rocksdb;

import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CommitOutcome;
import dev.odometer.engine.store.Head;
import dev.odometer.store.rocksdb.journal.JournalPosition;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A record that is in the journal: on its way to being durable, and then to RocksDB.
 *
 * @param end the journal's position after it
 * @param bytes about the memory that it takes
 * @param commits the commits in it
 * @param heads the heads of their shards after it, in the same order; or of an acquisition
 * @param stage completes with what became of it
 */
record WrittenRecord(
        JournalPosition end,
        long bytes,
        List<Commit> commits,
        List<Head> heads,
        CompletableFuture<CommitOutcome> stage) {
    long sequence() {
        return end.sequence();
    }
}
