package dev.odometer.store.rocksdb;

import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CommitOutcome;
import dev.odometer.engine.store.Head;
import dev.odometer.engine.store.Store.CommitLimits;
import dev.odometer.engine.store.StoreException;
import dev.odometer.store.rocksdb.journal.CommitCodec;
import dev.odometer.store.rocksdb.journal.Journal;
import dev.odometer.store.rocksdb.journal.JournalPosition;
import dev.odometer.store.rocksdb.journal.RecordBuffer;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
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

    // Guarded by lock.
    private final Head[] submitted;
    private final Head[] durable;
    private final @Nullable WrittenRecord[] lastOfShard;
    private final Deque<WrittenRecord> inFlight = new ArrayDeque<>();
    private final RecordBuffer buffer = new RecordBuffer();
    private boolean completing;
    private boolean closed;

    Submissions(Journal journal, Materialiser materialiser, Head[] heads, CommitLimits limits) {
        this.journal = journal;
        this.materialiser = materialiser;
        this.submitted = heads.clone();
        this.durable = heads.clone();
        this.lastOfShard = new @Nullable WrittenRecord[heads.length];
        this.limits = limits;
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
        WrittenRecord record;
        Head acquired;
        lock.lock();
        try {
            StoreException refusal = refusal();
            if (refusal != null) {
                return CompletableFuture.failedFuture(refusal);
            }
            Head before = submitted[shard];
            acquired = RocksStore.headAcquired(before, before.epoch() + 1, owner);
            buffer.begin();
            CommitCodec.encodeAcquisition(buffer, shard, acquired.epoch(), owner);
            record = write(List.of(), List.of(acquired));
        } catch (IOException e) {
            return CompletableFuture.failedFuture(unwritten(e));
        } finally {
            lock.unlock();
        }
        journal.sync(record.sequence());
        return record.stage()
                .thenCompose(outcome -> outcome instanceof CommitOutcome.Committed
                        ? CompletableFuture.completedFuture(acquired)
                        : CompletableFuture.failedFuture(failed()));
    }

    List<CompletionStage<CommitOutcome>> commit(List<Commit> commits) {
        Batch batch = new Batch(commits);
        lock.lock();
        try {
            StoreException refusal = refusal();
            if (refusal == null) {
                refusal = materialiser.awaitRoom();
            }
            if (refusal != null) {
                CompletionStage<CommitOutcome> unavailable = unavailable(refusal);
                return commits.stream().map(each -> unavailable).toList();
            }
            batch.run();
        } finally {
            lock.unlock();
        }
        if (batch.last > 0) {
            journal.sync(batch.last);
        } else if (journal.failure() != null) {
            onDurable(); // a write that could not be taken back has failed the journal
        }
        return batch.stages();
    }

    /** The commits of one call: those that are accepted go into one record, or several if they are many. */
    private final class Batch {
        private final List<Commit> commits;
        private final CompletionStage<CommitOutcome>[] stages;
        private List<Commit> accepted;
        private List<Head> heads;
        private int from;
        private long last;

        @SuppressWarnings({"unchecked", "rawtypes"})
        Batch(List<Commit> commits) {
            this.commits = commits;
            this.stages = new CompletionStage[commits.size()];
            this.accepted = new ArrayList<>(commits.size());
            this.heads = new ArrayList<>(commits.size());
        }

        void run() {
            buffer.begin();
            for (int i = 0; i < stages.length; i++) {
                Commit commit = commits.get(i);
                Head head = submitted[commit.shard()];
                if (commit.epoch() != head.epoch() || commit.sequence() != head.sequence() + 1) {
                    stages[i] = refused(commit.shard(), head);
                    continue;
                }
                int before = buffer.payloadLength();
                CommitCodec.encode(buffer, commit);
                if (buffer.payloadLength() - before > maxPayload()) {
                    buffer.truncate(before);
                    stages[i] = unavailable(new StoreException.Unreachable(
                            "The commit is larger than the store's limits allow; it was not taken."));
                    continue;
                }
                accepted.add(commit);
                heads.add(RocksStore.headAfter(head, commit));
                if (buffer.payloadLength() >= RECORD_BYTES) {
                    flush(i + 1);
                    buffer.begin();
                }
            }
            flush(stages.length);
        }

        /** Writes what has been accepted so far: stages up to {@code to} that have no answer are its. */
        private void flush(int to) {
            CompletionStage<CommitOutcome> stage = null;
            if (!accepted.isEmpty()) {
                try {
                    WrittenRecord record = write(accepted, heads);
                    stage = record.stage();
                    last = record.sequence();
                } catch (IOException e) {
                    stage = unavailable(unwritten(e));
                }
                accepted = new ArrayList<>();
                heads = new ArrayList<>();
            }
            for (; from < to; from++) {
                if (stages[from] == null && stage != null) {
                    stages[from] = stage;
                }
            }
        }

        List<CompletionStage<CommitOutcome>> stages() {
            return Arrays.asList(stages);
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
            return new StoreException.Unreachable("The store is closed; this was not taken.");
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

    /** Takes nothing more. */
    void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
    }
}
