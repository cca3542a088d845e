package dev.odometer.store.rocksdb;

import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CounterChange;
import dev.odometer.engine.store.CounterRow;
import dev.odometer.engine.store.IdentityRow;
import dev.odometer.engine.store.StoreException;
import dev.odometer.engine.store.record.Merge;
import dev.odometer.engine.store.record.Newer;
import dev.odometer.engine.store.record.RecentRows;
import dev.odometer.store.rocksdb.journal.Journal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings committed rows from the journal's records into RocksDB, later and coalesced: a counter that was committed a
 * thousand times is written once. One thread of its own takes durable records from a queue into the {@link Overlay},
 * writes that out when it is large or old enough, and answers the reads that need rows which are not in RocksDB yet.
 * Thread-safe.
 */
final class Materialiser {
    private static final long WAKE_BYTES = 1 << 20;
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long BEHIND_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final int MAX_WAITING_READS = 65_536;
    private static final long UNDURABLE_MILLIS = 2;
    private static final int PAUSES_PER_WORK = 2;
    private static final long MAX_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long ROOM_LOOK_MILLIS = 50;
    private static final Logger LOG = LoggerFactory.getLogger(Materialiser.class);

    private final RocksStoreConfig config;
    private final StoreEnvironment environment;
    private final RocksTables tables;
    private final Journal journal;
    private final Checkpointer checkpointer;
    private final RecentKeys recent = new RecentKeys();
    private final Thread thread;

    // Guarded by this.
    private final Deque<WrittenRecord> queue = new ArrayDeque<>();
    private Deque<Runnable> tasks = new ArrayDeque<>();
    private long queuedBytes;
    private long layerBytes;
    private long limit;
    private boolean waitsForever;
    private boolean ending;
    private volatile boolean abandoned;
    private @Nullable StoreException stalled;

    // Only the materialiser's thread's.
    private final Layers layers;
    private long oldestNanos;
    private long retryNanos;
    private long batchNanos;

    Materialiser(
            RocksStoreConfig config,
            StoreEnvironment environment,
            RocksTables tables,
            Journal journal,
            Checkpointer checkpointer,
            Overlay overlay) {
        this.config = config;
        this.environment = environment;
        this.tables = tables;
        this.journal = journal;
        this.checkpointer = checkpointer;
        this.layers = new Layers(overlay);
        this.layerBytes = overlay.bytes();
        this.limit = config.backlogBytes() + layerBytes; // what the start has read from the journal comes on top
        this.oldestNanos = environment.nanos().getAsLong();
        overlay.rows().values().forEach(ofShard -> ofShard.counters().keySet().forEach(key -> recent.add(key.hash())));
        this.retryNanos = oldestNanos;
        this.thread = environment.threads().newThread(this::run);
    }

    void start() {
        thread.start();
    }

    /** Takes a record that has been written to the journal. Called in the journal's order. */
    synchronized void written(WrittenRecord record) {
        markRecent(record);
        queue.add(record);
        long before = queuedBytes;
        queuedBytes = before + record.bytes();
        boolean crossed = before / WAKE_BYTES != queuedBytes / WAKE_BYTES;
        if (waitsForever || crossed) {
            waitsForever = false;
            notifyAll();
        }
    }

    private void markRecent(WrittenRecord record) {
        List<Commit> commits = record.commits();
        for (int i = 0, n = commits.size(); i < n; i++) {
            List<CounterChange> changes = commits.get(i).changes();
            for (int j = 0, m = changes.size(); j < m; j++) {
                recent.add(changes.get(j).key().hash());
            }
        }
    }

    /**
     * Whether the counter may have a state that is newer than that in RocksDB. Under the lock, so that a generation of
     * recent keys is never seen half begun: a wrong "no" would make an old value the base of the next add.
     */
    synchronized boolean mayHold(Key key) {
        return recent.mayContain(key.hash());
    }

    /** Whether there is room in the backlog. */
    synchronized boolean hasRoom() {
        return queuedBytes + layerBytes < limit;
    }

    /** Why there will be no room soon; null where there is some, or soon may be. */
    synchronized @Nullable StoreException stalled() {
        return hasRoom() ? null : stalled;
    }

    /**
     * Waits for room in the backlog.
     *
     * @param deadlineNanos until when
     * @return null where there is room; else why there is none
     */
    synchronized @Nullable StoreException awaitRoom(long deadlineNanos) {
        while (!hasRoom() && !ending && stalled == null) {
            long left = TimeUnit.NANOSECONDS.toMillis(
                    deadlineNanos - environment.nanos().getAsLong());
            if (left <= 0) {
                return new StoreException.Unreachable(
                        "The disk does not keep up: too many committed values wait to be written to the database. "
                                + "Nothing was lost; this commit was not taken. Try again.");
            }
            try {
                wait(Math.min(left, ROOM_LOOK_MILLIS));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return new StoreException.Unreachable(
                        "Interrupted while waiting for the disk; this commit was not taken.", e);
            }
        }
        return stalled();
    }

    /** The last change of a counter, as of all that is durable now; empty where RocksDB has its state. */
    CompletionStage<Optional<CounterChange>> change(int shard, Key key) {
        return ask(() -> Optional.ofNullable(layers.counter(shard, key)));
    }

    /** Reads counters in order as of all that is durable now. */
    CompletionStage<List<CounterRow>> scan(int shard, byte[] prefix, @Nullable Key after, int limit) {
        return ask(() -> {
            Newer<Key, CounterChange> newer = layers.counters(shard, prefix, after);
            Merge<Key, CounterChange, CounterRow> merge =
                    new Merge<>(newer, limit, change -> change.deleted() ? null : RecentRows.row(change));
            byte[] first = RowCodec.counterKey(shard, prefix);
            byte[] from = first;
            if (after != null) {
                byte[] behind = RowCodec.after(RowCodec.counterKey(shard, after.bytes()));
                from = Arrays.compareUnsigned(behind, first) > 0 ? behind : first;
            }
            tables.scan(from, RowCodec.afterPrefix(first), (row, value) -> {
                CounterRow counter = RowCodec.counter(row, value);
                return merge.stored(counter.key(), counter);
            });
            return merge.finish();
        });
    }

    /** Reads identity rows in order as of all that is durable now. */
    CompletionStage<List<IdentityRow>> identities(int shard, @Nullable IdentityId after, int limit) {
        return ask(() -> {
            Merge<IdentityId, @Nullable IdentityRow, IdentityRow> merge =
                    new Merge<>(layers.identities(shard, after), limit, row -> row);
            byte[] prefix = RowCodec.identityPrefix(shard);
            byte[] from = after == null ? prefix : RowCodec.after(RowCodec.identityKey(shard, after));
            tables.scan(from, RowCodec.afterPrefix(prefix), (row, value) -> {
                IdentityRow identity = RowCodec.identity(row, value);
                return merge.stored(identity.id(), identity);
            });
            return merge.finish();
        });
    }

    private <T> CompletionStage<T> ask(Supplier<T> question) {
        CompletableFuture<T> stage = new CompletableFuture<>();
        synchronized (this) {
            if (ending || tasks.size() >= MAX_WAITING_READS) {
                return CompletableFuture.failedStage(new StoreException.Unreachable(
                        ending ? "The store is closed." : "Too many reads wait for the store. Try again."));
            }
            tasks.add(() -> {
                try {
                    stage.complete(question.get());
                } catch (RuntimeException e) {
                    stage.completeExceptionally(e);
                }
            });
            notifyAll();
        }
        return stage;
    }

    private void run() {
        try {
            while (true) {
                await();
                answer();
                if (!isEnding()) {
                    if (isDue()) {
                        materialise();
                    }
                    continue;
                }
                while (!abandoned && materialise()) {
                    absorb();
                }
                answer(); // what was asked just before the end
                return;
            }
        } catch (RuntimeException | Error e) {
            if (isEnding() && (e instanceof StoreException.Unreachable || e instanceof RejectedExecutionException)) {
                LOG.warn("The stop did not wait until all was in the database; the next start reads the journal.");
                return;
            }
            environment.fatal().fatal("The store failed: " + e + ". What was acknowledged is kept in the journal.", e);
        }
    }

    private synchronized boolean isEnding() {
        return ending;
    }

    /** Waits until there is something to do. */
    private synchronized void await() {
        while (tasks.isEmpty() && !ending && !isDue()) {
            // While a layer waits for its time the queue may grow; an empty one takes in what there is.
            boolean wanted = !queue.isEmpty() && (queuedBytes >= WAKE_BYTES || !layers.isDirty());
            if (wanted && queue.getFirst().sequence() <= journal.durable()) {
                break;
            }
            try {
                if (queue.isEmpty() && !layers.isDirty()) {
                    waitsForever = true;
                    wait();
                } else if (wanted) {
                    wait(UNDURABLE_MILLIS);
                } else {
                    wait(Math.max(
                            1,
                            TimeUnit.NANOSECONDS.toMillis(
                                    dueNanos() - environment.nanos().getAsLong())));
                }
            } catch (InterruptedException e) {
                // Nobody interrupts this thread on purpose; it ends with the store.
            }
        }
    }

    /** Takes what is durable from the queue. */
    private void absorb() {
        List<WrittenRecord> taken = new ArrayList<>();
        synchronized (this) {
            long durable = journal.durable();
            while (!queue.isEmpty() && queue.getFirst().sequence() <= durable) {
                taken.add(queue.removeFirst());
            }
        }
        if (taken.isEmpty()) {
            return;
        }
        Overlay newest = layers.newest();
        if (!newest.isDirty()) {
            oldestNanos = environment.nanos().getAsLong();
        }
        long bytes = 0;
        for (WrittenRecord record : taken) {
            record.commits().forEach(newest::add);
            record.heads().forEach(newest::head);
            newest.position(record.end());
            bytes += record.bytes();
        }
        synchronized (this) {
            queuedBytes -= bytes;
            layerBytes = layers.bytes();
            notifyAll();
        }
    }

    /** Answers the reads that wait, as of all that is durable. */
    private void answer() {
        Deque<Runnable> asked;
        synchronized (this) {
            asked = tasks;
            tasks = new ArrayDeque<>();
        }
        absorb(); // after the questions were taken: what was durable when they were asked is in
        asked.forEach(Runnable::run);
    }

    private boolean isDue() {
        if (!layers.isDirty()) {
            return false;
        }
        return environment.nanos().getAsLong() - dueNanos() >= 0;
    }

    private boolean isLarge() {
        return layers.newest().bytes() >= config.materialiseBytes();
    }

    private long dueNanos() {
        long aged = oldestNanos + TimeUnit.MILLISECONDS.toNanos(config.materialiseMillis());
        return layers.frozen() != null || isLarge() || aged - retryNanos < 0 ? retryNanos : aged;
    }

    /**
     * Writes a layer to RocksDB; answers reads in between. Where the disk is full nothing is lost: it is tried again.
     *
     * @return whether a layer was written
     */
    private boolean materialise() {
        if (!layers.isDirty()) {
            return false;
        }
        if (checkpointer.isBehind() && !isEnding()) {
            retryNanos = environment.nanos().getAsLong() + BEHIND_NANOS;
            return false;
        }
        Overlay layer = layers.frozen();
        if (layer == null) {
            layer = freeze();
        }
        try {
            batchNanos = environment.nanos().getAsLong();
            OverlayWriter.write(layer, tables, this::betweenBatches);
        } catch (RocksDBException e) {
            failed(e);
            return false;
        }
        checkpointer.materialised(layer.position(), layer.rowCount());
        layers.dropFrozen();
        synchronized (this) {
            recent.clearWriting();
            layerBytes = layers.bytes();
            limit = config.backlogBytes();
            stalled = null;
            notifyAll();
        }
        return true;
    }

    private void betweenBatches() {
        pause();
        answer();
        batchNanos = environment.nanos().getAsLong();
    }

    /**
     * Leaves the processor to the engine and its clients for a while, where nobody waits for what is being written: a
     * layer that is written in one go is felt in the slowest answers.
     */
    private synchronized void pause() {
        long now = environment.nanos().getAsLong();
        long until = now + Math.min(MAX_PAUSE_NANOS, PAUSES_PER_WORK * (now - batchNanos));
        while (now < until && tasks.isEmpty() && !ending && queuedBytes + layerBytes < limit / 2) {
            try {
                wait(1);
            } catch (InterruptedException e) {
                // Nobody interrupts this thread on purpose; it ends with the store.
            }
            now = environment.nanos().getAsLong();
        }
    }

    /** Freezes a layer and begins a new generation of recent keys; those that still wait in the queue belong to it. */
    private synchronized Overlay freeze() {
        recent.rotate();
        queue.forEach(this::markRecent);
        return layers.freeze();
    }

    private void failed(RocksDBException e) {
        StoreException translated = tables.translate("write", e);
        if (!RocksTables.isNoSpace(e)) {
            environment.fatal().fatal(String.valueOf(translated.getMessage()), e);
        }
        retryNanos = environment.nanos().getAsLong() + RETRY_NANOS;
        synchronized (this) {
            if (stalled == null) {
                LOG.warn("{} It is tried again until there is room.", translated.getMessage());
            }
            stalled = translated;
            notifyAll();
        }
    }

    /**
     * Writes out what is durable and ends the thread; waits for it, within {@code millis}. Reads are refused from now
     * on.
     */
    void close(long millis) throws InterruptedException {
        synchronized (this) {
            ending = true;
            notifyAll();
        }
        thread.join(millis);
    }

    /** Ends the thread without writing anything. For tests. */
    void abandon() throws InterruptedException {
        abandoned = true;
        close(10_000);
    }
}
