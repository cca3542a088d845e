package dev.odometer.store.rocksdb;

import dev.odometer.engine.store.StoreException;
import dev.odometer.store.rocksdb.journal.FatalHandler;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads all files of the database once after it was opened and compares their checksums. The start waits for it for a
 * while, so that damage stops the start of any but a very large store; what takes longer goes on beside the service,
 * and damage that it finds is fatal. Thread-safe.
 */
final class DatabaseCheck {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseCheck.class);

    private final RocksTables tables;
    private final FatalHandler fatal;
    private final CountDownLatch end = new CountDownLatch(1);

    // Guarded by this.
    private StoreException.@Nullable Damaged damage;
    private boolean ended;
    private boolean late;
    private boolean stopped;

    DatabaseCheck(RocksTables tables, FatalHandler fatal) {
        this.tables = tables;
        this.fatal = fatal;
    }

    /** Begins to read. */
    void start(ThreadFactory threads) {
        threads.newThread(this::check).start();
    }

    private void check() {
        StoreException.Damaged found = null;
        try {
            for (String file : tables.files()) {
                if (isStopped()) {
                    break;
                }
                tables.verify(file);
            }
        } catch (StoreException.Damaged e) {
            found = e;
        } catch (StoreException e) {
            LOG.warn("The check of the database's files was not finished: {}", e.getMessage());
        }
        boolean nobodyWaits;
        synchronized (this) {
            damage = found;
            ended = true;
            nobodyWaits = late;
        }
        end.countDown();
        if (found != null && nobodyWaits) {
            fatal.fatal(String.valueOf(found.getMessage()), found);
        }
    }

    private synchronized boolean isStopped() {
        return stopped;
    }

    /**
     * Waits for the end of the check, this long at most.
     *
     * @throws StoreException.Damaged where it has found damage
     */
    void await(long millis) {
        try {
            if (!end.await(millis, TimeUnit.MILLISECONDS)) {
                LOG.info("The check of the database's files goes on in the background.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            late = !ended;
            if (damage != null) {
                throw damage;
            }
        }
    }

    /** Ends the check after the file that it reads. */
    synchronized void stop() {
        stopped = true;
    }
}
