package dev.odometer.store.rocksdb;

import dev.odometer.engine.store.StoreException;
import dev.odometer.store.rocksdb.journal.Journal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where work waits that the store cannot take at once, because the backlog is full or the journal's next segment is
 * still being made: in order, at most {@value #MAX_WAIT_MILLIS} ms, and never on the thread that submits it, which has
 * reads to answer. Thread-safe as its methods say.
 */
final class Admission {
    /** How long work waits before it is refused. Clients wait longer for their answers than that. */
    static final long MAX_WAIT_MILLIS = 5_000;

    /** How much work may wait. An owner of shards has a bounded number of commits under way and never comes near. */
    private static final int MAX_WAITING = 4_096;

    private static final long LOOK_MILLIS = 50;

    private final ReentrantLock lock;
    private final Materialiser materialiser;
    private final Journal journal;
    private final Executor executor;
    private final LongSupplier nanos;

    // Guarded by lock.
    private final Deque<Waiting> line = new ArrayDeque<>();
    private boolean working;

    Admission(ReentrantLock lock, Materialiser materialiser, Journal journal, Executor executor, LongSupplier nanos) {
        this.lock = lock;
        this.materialiser = materialiser;
        this.journal = journal;
        this.executor = executor;
        this.nanos = nanos;
    }

    /** Work for the store, which may need more than one run. */
    interface Work {
        /** Whether it adds to the backlog. */
        boolean needsRoom();

        /** Does what can be done now; false where the rest has to wait for a segment. Holds the lock. */
        boolean run();

        /** Told before it waits. Holds the lock. */
        void willWait();

        /** Told after each run, without the lock; of work that waits by this class alone. */
        void hasRun();

        /** Nothing that is left of it will be done. */
        void refuse(StoreException cause);
    }

    private static final class Waiting {
        final Work work;
        final long deadlineNanos;

        Waiting(Work work, long deadlineNanos) {
            this.work = work;
            this.deadlineNanos = deadlineNanos;
        }
    }

    /**
     * Runs the work, or lets it wait for its turn; the caller holds the lock.
     *
     * @return whether it has run, so that the caller must tell it
     */
    boolean submit(Work work) {
        boolean room = !work.needsRoom() || (line.isEmpty() && materialiser.hasRoom());
        if (room && work.run()) {
            return true;
        }
        if (line.size() >= MAX_WAITING) {
            work.refuse(new StoreException.Unreachable(
                    "Too much waits for the disk already; this was not taken. Nothing was lost. Try again."));
            return true;
        }
        work.willWait();
        line.add(new Waiting(work, nanos.getAsLong() + TimeUnit.MILLISECONDS.toNanos(MAX_WAIT_MILLIS)));
        if (!working) {
            try {
                executor.execute(this::work);
                working = true;
            } catch (RejectedExecutionException e) {
                line.removeLast();
                work.refuse(new StoreException.Unreachable("The store is closed; this was not taken.", e));
            }
        }
        return false;
    }

    private void work() {
        while (true) {
            Waiting first = first();
            if (first == null) {
                return;
            }
            first.work.hasRun(); // where a first run did a part of it
            StoreException refusal = awaitTurn(first);
            if (!settle(first, refusal)) {
                continue; // the store was closed meanwhile, or another segment is needed
            }
            if (refusal == null) {
                first.work.hasRun();
            } else {
                first.work.refuse(refusal);
            }
        }
    }

    private @Nullable Waiting first() {
        lock.lock();
        try {
            working = !line.isEmpty();
            return line.peekFirst();
        } finally {
            lock.unlock();
        }
    }

    /** Runs the first in line, where it is not to be refused; returns whether it is done with. */
    private boolean settle(Waiting first, @Nullable StoreException refusal) {
        lock.lock();
        try {
            if (line.peekFirst() != first || (refusal == null && !first.work.run())) {
                return false;
            }
            line.removeFirst();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for room and for a segment; returns why the work is refused, or null. */
    private @Nullable StoreException awaitTurn(Waiting waiting) {
        if (waiting.work.needsRoom()) {
            StoreException refusal = materialiser.awaitRoom(waiting.deadlineNanos);
            if (refusal != null) {
                return refusal;
            }
        }
        while (!journal.awaitSegment(LOOK_MILLIS)) {
            if (waiting.deadlineNanos - nanos.getAsLong() <= 0) {
                return new StoreException.Unreachable("The disk does not keep up: the journal's next file was not ready"
                        + " in " + MAX_WAIT_MILLIS / 1_000 + " s. Nothing was lost; this was not taken. Try again.");
            }
        }
        return null;
    }

    /** Refuses all that waits. Without the lock. */
    void refuseAll(StoreException cause) {
        Deque<Waiting> refused;
        lock.lock();
        try {
            refused = new ArrayDeque<>(line);
            line.clear();
        } finally {
            lock.unlock();
        }
        refused.forEach(waiting -> waiting.work.refuse(cause));
    }
}
