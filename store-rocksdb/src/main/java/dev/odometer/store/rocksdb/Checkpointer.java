package dev.odometer.store.rocksdb;

import dev.odometer.engine.store.StoreException;
import dev.odometer.store.rocksdb.journal.Journal;
import dev.odometer.store.rocksdb.journal.JournalPosition;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Flushes RocksDB when enough has been written to it, so that older journal files can go and a start after a crash
 * stays short; and checks the database's files once after the start. Thread-safe.
 */
final class Checkpointer {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpointer.class);

    private final RocksStoreConfig config;
    private final StoreEnvironment environment;
    private final RocksTables tables;
    private final Journal journal;
    private final ExecutorService executor;

    // Guarded by this.
    private JournalPosition flushed;
    private JournalPosition materialised;
    private long rows;
    private boolean running;
    private boolean fullReported;

    Checkpointer(
            RocksStoreConfig config,
            StoreEnvironment environment,
            RocksTables tables,
            Journal journal,
            ExecutorService executor,
            JournalPosition flushed) {
        this.config = config;
        this.environment = environment;
        this.tables = tables;
        this.journal = journal;
        this.executor = executor;
        this.flushed = flushed;
        this.materialised = flushed;
    }

    /** Takes notice that the journal up to {@code end} is in RocksDB's memory now. */
    synchronized void materialised(JournalPosition end, long newRows) {
        materialised = end;
        rows += newRows;
        boolean due = rows >= config.checkpointRows() || journalBytes(flushed, end) >= config.checkpointJournalBytes();
        if (due && !running) {
            running = true;
            executor.execute(this::run);
        }
    }

    /**
     * Whether so much waits for the checkpoint that runs that more should not be written to RocksDB before it has
     * ended: what is not flushed is what a start after a crash has to read again.
     */
    synchronized boolean isBehind() {
        return running && rows >= config.checkpointRows() + config.checkpointRows() / 2L;
    }

    private long journalBytes(JournalPosition from, JournalPosition to) {
        return (to.segment() - from.segment()) * config.journalSegmentBytes() + to.offset() - from.offset();
    }

    private void run() {
        try {
            checkpoint();
        } catch (RuntimeException e) {
            environment.fatal().fatal("A checkpoint failed: " + e, e);
        } finally {
            synchronized (this) {
                running = false;
            }
        }
    }

    /** Makes durable what is in RocksDB's memory; returns false where there was no room for it. */
    boolean checkpoint() {
        JournalPosition end;
        long taken;
        synchronized (this) {
            end = materialised;
            taken = rows;
        }
        try {
            tables.flush();
            journal.retireBefore(end.segment());
        } catch (RocksDBException e) {
            StoreException translated = tables.translate("flush", e);
            if (!RocksTables.isNoSpace(e)) {
                environment.fatal().fatal(String.valueOf(translated.getMessage()), e);
            } else if (!fullReported) {
                fullReported = true;
                LOG.warn("{} It is tried again; the journal is kept until then.", translated.getMessage());
            }
            return false;
        } catch (IOException e) {
            LOG.warn("An old journal file could not be removed: {}. It is removed at the next start.", e.toString());
        }
        synchronized (this) {
            flushed = end;
            rows -= taken;
            fullReported = false;
        }
        return true;
    }
}
