package dev.odometer.store.rocksdb.journal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes written records durable. A record is durable when a sync that started after its write has finished; so a sync
 * covers all that was written before it, and several may run at a time. Where syncs are fast the committing thread does
 * it ({@link #syncNow}), where they are slow a few threads do ({@link #request}). Each of those opens the segment for
 * itself: the kernel reports a failed write-back once to each open file. The first failure is final: nothing is durable
 * after it, and no sync is tried again. Thread-safe.
 */
final class Syncer {
    /** What the syncer needs to know of the journal. */
    interface Source {
        /** The sequence of the last record written. To be read before {@link #segment}: see there. */
        long written();

        /** The segment being written. Records that are written and not in it are durable already. */
        Segment segment();
    }

    private final Source source;
    private final JournalFiles files;
    private final ThreadFactory threads;
    private final LongSupplier nanos;
    private final SyncPolicy policy;
    private final Runnable onDurable;
    private final FatalHandler fatal;
    private final int maxThreads;
    private final ReentrantLock inlineLock = new ReentrantLock();
    private final Object monitor = new Object();

    // Guarded by monitor.
    private final List<Thread> workers = new ArrayList<>();
    private long started;
    private int idle;
    private boolean closed;

    private volatile long durable;
    private volatile @Nullable Throwable failure;

    Syncer(Source source, JournalConfig config, JournalEnvironment environment, long durable, Runnable onDurable) {
        this.source = source;
        this.files = environment.files();
        this.threads = environment.threads();
        this.nanos = environment.nanos();
        this.policy = new SyncPolicy(config.slowSyncNanos());
        this.fatal = environment.fatal();
        this.maxThreads = config.concurrentSyncs();
        this.onDurable = onDurable;
        this.durable = durable;
        this.started = durable;
    }

    /** The sequence of the last durable record. */
    long durable() {
        return durable;
    }

    /** What made the journal fail, if it did. */
    @Nullable
    Throwable failure() {
        return failure;
    }

    /**
     * Makes {@code sequence} durable by whichever way is faster at the moment; it may still be on its way when this
     * returns.
     */
    void request(long sequence) {
        if (policy.inline()) {
            syncNow(sequence);
            return;
        }
        synchronized (monitor) {
            if (idle > 0) {
                monitor.notify();
            } else if (workers.size() < maxThreads && !closed) {
                Thread worker = threads.newThread(this::work);
                workers.add(worker);
                worker.start();
            }
        }
    }

    /** Returns when {@code sequence} is durable, or the journal has failed. */
    void syncNow(long sequence) {
        inlineLock.lock();
        try {
            if (durable < sequence && failure == null) {
                long covered = source.written();
                sync(source.segment().file(), covered);
            }
        } finally {
            inlineLock.unlock();
        }
        onDurable.run();
    }

    /**
     * Makes all that was written durable, then goes on in another segment; nobody syncs the old one then. Tells no
     * listener.
     */
    void roll(Runnable roll) throws IOException {
        inlineLock.lock();
        try {
            long covered = source.written();
            if (durable < covered && failure == null) {
                sync(source.segment().file(), covered);
            }
            Throwable failed = failure;
            if (failed != null) {
                throw new IOException("the journal has failed", failed);
            }
            roll.run();
        } finally {
            inlineLock.unlock();
        }
    }

    private void sync(JournalFile file, long covered) {
        long start = nanos.getAsLong();
        try {
            file.sync();
        } catch (IOException | RuntimeException | Error e) {
            fail(e);
            return;
        }
        policy.observe(nanos.getAsLong() - start);
        synchronized (monitor) {
            if (failure == null) {
                durable = Math.max(durable, covered);
            }
        }
    }

    /** Nothing counts as durable from here on; ends the process in production. */
    void fail(Throwable cause) {
        boolean first;
        synchronized (monitor) {
            first = failure == null;
            if (first) {
                failure = cause;
            }
            monitor.notifyAll();
        }
        if (first) {
            fatal.fatal(
                    "Writing the journal to disk failed (" + cause
                            + "). Nothing that was acknowledged is lost, and nothing more was"
                            + " acknowledged; the process ends because a failed sync cannot be repeated. Check the "
                            + "disk, then start again:"
                            + " the start reads the journal and tells whether it is whole.",
                    cause);
        }
    }

    /** A sync thread: waits for records that no started sync covers, and syncs. */
    private void work() {
        JournalFile file = null;
        long opened = 0;
        try {
            while (awaitWork()) {
                long covered = source.written();
                Segment segment = source.segment();
                synchronized (monitor) {
                    if (Math.max(started, durable) >= covered) {
                        continue;
                    }
                    started = covered;
                }
                if (file == null || opened != segment.number()) {
                    closeQuietly(file); // all that counts in it was synced
                    file = null;
                    try {
                        file = files.reopen(segment.path());
                    } catch (IOException e) {
                        if (durable >= covered) {
                            continue; // the journal has gone on meanwhile, and the file may serve another segment
                        }
                        throw e;
                    }
                    opened = segment.number();
                }
                sync(file, covered);
                onDurable.run();
            }
        } catch (IOException | RuntimeException | Error e) {
            fail(e);
            onDurable.run();
        } finally {
            closeQuietly(file);
        }
    }

    private boolean awaitWork() {
        synchronized (monitor) {
            while (!closed && failure == null && Math.max(started, durable) >= source.written()) {
                idle++;
                try {
                    monitor.wait();
                } catch (InterruptedException e) {
                    // Nothing interrupts these threads on purpose, and a lost sync thread would be worse than a deaf
                    // one.
                } finally {
                    idle--;
                }
            }
            return !closed && failure == null;
        }
    }

    private static void closeQuietly(@Nullable JournalFile file) {
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                // All that counts was synced before, and a sync's own failure has been reported.
            }
        }
    }

    /** Ends the threads; a sync that runs is waited for, within {@code millis}. */
    void close(long millis) {
        List<Thread> ending;
        synchronized (monitor) {
            closed = true;
            monitor.notifyAll();
            ending = List.copyOf(workers);
        }
        for (Thread worker : ending) {
            try {
                worker.join(Math.max(1, millis));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
