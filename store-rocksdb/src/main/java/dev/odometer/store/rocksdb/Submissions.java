package dev.odometer.store.rocksdb;

import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CommitOutcome;
import dev.odometer.engine.store.Head;
import dev.odometer.engine.store.Store.CommitLimits;
import dev.odometer.engine.store.StoreException;
import dev.odometer.store.rocksdb.journal.EntryCodec;
import dev.odometer.store.rocksdb.journal.Journal;
import dev.odometer.store.rocksdb.journal.JournalPosition;
import dev.odometer.store.rocksdb.journal.RecordBuffer;
import dev.odometer.store.rocksdb.journal.SegmentNotReadyException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides commits and acquisitions, in one order for all shards, writes them to the journal, and answers them when they
 * are durable, in the same order.
 *
 * <p>There are two heads for each shard: the one that conditions are checked against, which moves on when a record is
 * written, so that the next commit may follow before the sync; and the durable one, which is what anybody is shown.
 * Thread-safe.
 */
final class Submissions {
    /** A record is written when it has this much, so that one call's commits never need more than a segment. */
    private static final int RECORD_BYTES = 1 << 20;

    private final Journal journal;
    private final Materialiser materialiser;
    private final CommitLimits limits;
    private final ReentrantLock lock = new ReentrantLock();
    private final Admission admission;

    // Guarded by lock.
    private final Head[] submitted;
    private final Head[] durable;
    private final @Nullable WrittenRecord[] lastOfShard;
    private final Deque<WrittenRecord> inFlight = new ArrayDeque<>();
    private final RecordBuffer buffer = new RecordBuffer();
    private boolean completing;
    private boolean closed;

    /**
     * Begins where the heads are.
     *
     * @param waiting runs what waits, on one thread
     * @param nanos a clock for durations
     */
    Submissions(
            Journal journal,
            Materialiser materialiser,
            Head[] heads,
            CommitLimits limits,
            Executor waiting,
            LongSupplier nanos) {
        this.journal = journal;
        this.materialiser = materialiser;
        this.submitted = heads.clone();
        this.durable = heads.clone();
        this.lastOfShard = new @Nullable WrittenRecord[heads.length];
        this.limits = limits;
        this.admission = new Admission(lock, materialiser, journal, waiting, nanos);
    }

    CompletionStage<Head> head(int shard) {
        lock.lock();
        try {
            return CompletableFuture.completedFuture(durable[shard]);
        } finally {
            lock.unlock();
        }
    }

    CompletionStage<Head> acquire(int shard, String owner) {
        Acquisition acquisition = new Acquisition(shard, owner);
        submit(acquisition);
        return acquisition.stage;
    }

    List<CompletionStage<CommitOutcome>> commit(List<Commit> commits) {
        Batch batch = new Batch(commits);
        submit(batch);
        return batch.stages();
    }

    /** Runs the work, or leaves it to {@link Admission} to run it later. */
    private void submit(Admission.Work work) {
        boolean hasRun;
        lock.lock();
        try {
            StoreException refusal = refusal();
            if (refusal == null && work.needsRoom()) {
                refusal = materialiser.stalled();
            }
            if (refusal != null) {
                work.refuse(refusal);
                return;
            }
            hasRun = admission.submit(work);
        } finally {
            lock.unlock();
        }
        if (hasRun) {
            work.hasRun();
        }
    }

    /** A shard's next epoch. */
    private final class Acquisition implements Admission.Work {
        private final int shard;
        private final String owner;
        private final CompletableFuture<Head> stage = new CompletableFuture<>();
        private volatile long written;

        Acquisition(int shard, String owner) {
            this.shard = shard;
            this.owner = owner;
        }

        @Override
        public boolean needsRoom() {
            return false;
        }

        @Override
        public boolean run() {
            Head before = submitted[shard];
            Head acquired = RocksStore.headAcquired(before, before.epoch() + 1, owner);
            buffer.begin();
            EntryCodec.encodeAcquisition(buffer, shard, acquired.epoch(), owner);
            try {
                WrittenRecord record = write(List.of(), List.of(acquired));
                written = record.sequence();
                var unused = record.stage().whenComplete((outcome, failure) -> {
                    if (outcome instanceof CommitOutcome.Committed) {
                        stage.complete(acquired);
                    } else {
                        stage.completeExceptionally(failed());
                    }
                });
            } catch (SegmentNotReadyException e) {
                return false;
            } catch (IOException e) {
                stage.completeExceptionally(unwritten(e));
            }
            return true;
        }

        @Override
        public void willWait() {
            // Its stage is handed out in any case.
        }

        @Override
        public void hasRun() {
            sync(written);
        }

        @Override
        public void refuse(StoreException cause) {
            stage.completeExceptionally(cause);
        }
    }

    /** Sees to it that what was written becomes durable. */
    private void sync(long last) {
        if (last > 0) {
            journal.sync(last);
        } else if (journal.failure() != null) {
            onDurable(); // a write that could not be taken back has failed the journal
        }
    }

    /** The commits of one call: those that are accepted go into one record, or several if they are many. */
    private final class Batch implements Admission.Work {
        private final List<Commit> commits;
        private final CompletionStage<CommitOutcome>[] decided;
        private CompletableFuture<CommitOutcome> @Nullable [] promised;
        private List<Commit> accepted;
        private List<Head> heads;
        private int from;
        private volatile long last;

        @SuppressWarnings({"unchecked", "rawtypes"})
        Batch(List<Commit> commits) {
            this.commits = commits;
            this.decided = new CompletionStage[commits.size()];
            this.accepted = new ArrayList<>(commits.size());
            this.heads = new ArrayList<>(commits.size());
        }

        @Override
        public boolean needsRoom() {
            return true;
        }

        @Override
        public boolean run() {
            buffer.begin();
            for (int i = from; i < decided.length; i++) {
                if (decided[i] != null) {
                    continue; // by a run that could not end
                }
                Commit commit = commits.get(i);
                Head head = submitted[commit.shard()];
                if (commit.epoch() != head.epoch() || commit.sequence() != head.sequence() + 1) {
                    decided[i] = refused(commit.shard(), head);
                    continue;
                }
                int before = buffer.payloadLength();
                EntryCodec.encode(buffer, commit);
                if (buffer.payloadLength() - before > maxPayload()) {
                    buffer.truncate(before);
                    decided[i] = unavailable(new StoreException.Unreachable(
                            "The commit is larger than the store's limits allow; it was not taken."));
                    continue;
                }
                accepted.add(commit);
                heads.add(RocksStore.headAfter(head, commit));
                if (buffer.payloadLength() >= RECORD_BYTES) {
                    if (!flush(i + 1)) {
                        return false;
                    }
                    buffer.begin();
                }
            }
            return flush(decided.length);
        }

        /**
         * Writes what has been accepted so far: commits up to {@code to} that are not decided are its. False where
         * there is no segment for it yet: then they are looked at again.
         */
        private boolean flush(int to) {
            CompletionStage<CommitOutcome> stage = null;
            if (!accepted.isEmpty()) {
                List<Commit> commitsOfRecord = accepted;
                List<Head> headsOfRecord = heads;
                accepted = new ArrayList<>();
                heads = new ArrayList<>();
                try {
                    WrittenRecord record = write(commitsOfRecord, headsOfRecord);
                    stage = record.stage();
                    last = record.sequence();
                } catch (SegmentNotReadyException e) {
                    return false;
                } catch (IOException e) {
                    stage = unavailable(unwritten(e));
                }
            }
            for (; from < to; from++) {
                if (decided[from] == null && stage != null) {
                    decided[from] = stage;
                }
            }
            return true;
        }

        @Override
        @SuppressWarnings({"unchecked", "rawtypes"})
        public void willWait() {
            CompletableFuture<CommitOutcome>[] promises = new CompletableFuture[decided.length];
            Arrays.setAll(promises, i -> new CompletableFuture<CommitOutcome>());
            promised = promises;
        }

        @Override
        public void hasRun() {
            sync(last);
            keepPromises();
        }

        @Override
        public void refuse(StoreException cause) {
            CompletionStage<CommitOutcome> unavailable = unavailable(cause);
            for (int i = 0; i < decided.length; i++) {
                if (decided[i] == null) {
                    decided[i] = unavailable;
                }
            }
            keepPromises();
        }

        /** Lets those whose commits had to wait know what was decided; to do it again is harmless. */
        private void keepPromises() {
            CompletableFuture<CommitOutcome>[] promises = promised;
            for (int i = 0; promises != null && i < promises.length; i++) {
                CompletableFuture<CommitOutcome> promise = promises[i];
                if (decided[i] != null && !promise.isDone()) {
                    decided[i].whenComplete((outcome, failure) -> promise.complete(outcome));
                }
            }
        }

        List<CompletionStage<CommitOutcome>> stages() {
            return Arrays.asList(promised == null ? decided : promised);
        }
    }

    /** More than any commit within the limits takes in the journal. */
    private int maxPayload() {
        return limits.maxBytes() + limits.maxBytes() / 8 + 64 * 1024;
    }

    /**
     * Writes the record in the buffer; from here on its heads are those that conditions are checked against. Holds the
     * lock.
     */
    private WrittenRecord write(List<Commit> commits, List<Head> heads) throws IOException {
        long bytes = 2L * buffer.payloadLength();
        JournalPosition end = journal.append(buffer);
        WrittenRecord record = new WrittenRecord(end, bytes, commits, heads, new CompletableFuture<>());
        for (int i = 0, n = heads.size(); i < n; i++) {
            Head head = heads.get(i);
            submitted[head.shard()] = head;
            lastOfShard[head.shard()] = record;
        }
        inFlight.add(record);
        materialiser.written(record);
        return record;
    }

    /** Refuses a commit with the stored head: that of a record in flight is shown when it is stored. Holds the lock. */
    private CompletionStage<CommitOutcome> refused(int shard, Head head) {
        WrittenRecord last = lastOfShard[shard];
        CommitOutcome refused = new CommitOutcome.Refused(head);
        if (last == null || last.sequence() <= journal.durable()) {
            return CompletableFuture.completedFuture(refused);
        }
        return last.stage().thenApply(outcome -> outcome instanceof CommitOutcome.Committed ? refused : outcome);
    }

    /**
     * Answers all records that are durable, in their order; or all, where the journal has failed. Any thread, without
     * the lock.
     */
    void onDurable() {
        lock.lock();
        try {
            if (completing) {
                return; // whoever completes looks again before it ends
            }
            completing = true;
        } finally {
            lock.unlock();
        }
        List<WrittenRecord> done = new ArrayList<>();
        while (takeDone(done)) {
            Throwable failure = journal.failure();
            long synced = journal.durable();
            for (WrittenRecord record : done) {
                record.stage()
                        .complete(
                                record.sequence() <= synced || failure == null
                                        ? CommitOutcome.Committed.INSTANCE
                                        : new CommitOutcome.Unknown(failure));
            }
            done.clear();
        }
    }

    private boolean takeDone(List<WrittenRecord> done) {
        lock.lock();
        try {
            long synced = journal.durable();
            boolean failed = journal.failure() != null;
            while (!inFlight.isEmpty() && (failed || inFlight.getFirst().sequence() <= synced)) {
                WrittenRecord record = inFlight.removeFirst();
                done.add(record);
                if (record.sequence() <= synced) {
                    for (Head head : record.heads()) {
                        durable[head.shard()] = head;
                    }
                }
            }
            if (done.isEmpty()) {
                completing = false;
                return false;
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable StoreException refusal() {
        if (closed) {
            return closedRefusal();
        }
        return journal.failure() == null ? null : failed();
    }

    private StoreException failed() {
        return new StoreException.Unreachable(
                "Writing the journal failed before, so nothing is taken any more; what was acknowledged is kept. "
                        + "Restart the process.",
                journal.failure() == null ? new IOException("unknown") : journal.failure());
    }

    private static StoreException unwritten(IOException e) {
        return new StoreException.Unreachable(
                "The journal cannot be written (" + e.getMessage()
                        + "). Nothing was lost, and this was not taken. It goes on by itself when there is room on "
                        + "the disk.",
                e);
    }

    private static CompletionStage<CommitOutcome> unavailable(StoreException cause) {
        return CompletableFuture.completedFuture(new CommitOutcome.Unavailable(cause));
    }

    private static StoreException closedRefusal() {
        return new StoreException.Unreachable("The store is closed; this was not taken.");
    }

    /** Takes nothing more, and refuses what waits. */
    void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        admission.refuseAll(closedRefusal());
    }
}
