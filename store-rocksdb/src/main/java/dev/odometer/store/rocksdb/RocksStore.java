package dev.odometer.store.rocksdb;

import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CommitOutcome;
import dev.odometer.engine.store.CounterChange;
import dev.odometer.engine.store.CounterRow;
import dev.odometer.engine.store.Head;
import dev.odometer.engine.store.IdentityRow;
import dev.odometer.engine.store.Store;
import dev.odometer.engine.store.StoreException;
import dev.odometer.engine.store.record.RecentRows;
import dev.odometer.store.rocksdb.journal.Journal;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDB;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The embedded store: all shards in one directory of this machine.
 *
 * <p>A commit is durable when its record in the {@linkplain Journal journal} has been synced (fdatasync): it then
 * survives the loss of the process, of the operating system and of power, as far as the disk keeps what it says it has.
 * The commits of one call, of all shards, are one record with one sync. Values come into RocksDB later; reads and scans
 * show them in between from memory.
 *
 * <p>Where the disk is full, commits are {@link CommitOutcome.Unavailable} and everything else goes on; there is
 * nothing to repair when there is room again. A failed sync goes to the {@link StoreEnvironment#fatal() fatal handler}:
 * commits in flight are {@link CommitOutcome.Unknown} then and nothing is committed any more.
 *
 * <p>Thread-safe. {@link #commit} writes to the disk on the calling thread, and where syncs are fast it syncs there
 * too. It waits for nothing else: commits for which there is no room yet wait elsewhere, in their order, and after five
 * seconds they are {@link CommitOutcome.Unavailable}.
 */
public final class RocksStore implements Store {
    private static final Logger LOG = LoggerFactory.getLogger(RocksStore.class);
    private static final CommitLimits LIMITS = new CommitLimits(8_192, 1 << 20);
    private static final int MAX_WAITING_READS = 65_536;

    private final RocksStoreConfig config;
    private final DirectoryLock lock;
    private final RocksTables tables;
    private final DatabaseCheck check;
    private final Journal journal;
    private final Materialiser materialiser;
    private final Checkpointer checkpointer;
    private final Submissions submissions;
    private final ThreadPoolExecutor readers;
    private final ThreadPoolExecutor maintenance;
    private final ThreadPoolExecutor admission;
    private final long restoreNanos;
    private boolean closed; // guarded by this

    private RocksStore(RocksStoreConfig wanted, StoreEnvironment environment, boolean anyShards) {
        DurableSignal signal = new DurableSignal();
        StoreOpener.Opened opened = new StoreOpener(wanted, environment, anyShards).open(signal);
        this.config = wanted.withShards(opened.overlay().shards());
        this.lock = opened.lock();
        this.tables = opened.tables();
        this.check = opened.check();
        this.journal = opened.journal();
        this.restoreNanos = opened.nanos();
        this.readers = pool(environment, config.readerThreads());
        this.maintenance = pool(environment, 1);
        this.checkpointer = new Checkpointer(config, environment, tables, journal, maintenance, opened.flushed());
        Head[] heads = new Head[config.shards()];
        for (int shard = 0; shard < heads.length; shard++) {
            heads[shard] = opened.overlay().head(shard);
        }
        this.materialiser = new Materialiser(config, environment, tables, journal, checkpointer, opened.overlay());
        this.admission = pool(environment, 1);
        this.submissions = new Submissions(journal, materialiser, heads, LIMITS, admission, environment.nanos());
        signal.target = submissions::onDurable;
        materialiser.start();
    }

    /** Passes the journal's signal on, once there is somebody to take it. */
    private static final class DurableSignal implements Runnable {
        private volatile Runnable target = () -> {};

        @Override
        public void run() {
            target.run();
        }
    }

    private static ThreadPoolExecutor pool(StoreEnvironment environment, int threads) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads,
                threads,
                30,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(MAX_WAITING_READS),
                environment.threads());
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /**
     * Opens the store in its directory, making it where the directory is empty or absent. Returns when it is ready to
     * serve.
     *
     * @throws StoreException.Locked where another process has it
     * @throws StoreException.Incompatible where it is of a newer format, has another number of shards, or is no store
     * @throws StoreException.Damaged where something that was written cannot be read back; nothing has been changed
     *     then
     * @throws StoreException.Unreachable where the directory cannot be written
     */
    public static RocksStore open(RocksStoreConfig config, StoreEnvironment environment) {
        return new RocksStore(config, environment, false);
    }

    /** The same, but a store that exists is taken with the number of shards that it has. */
    public static RocksStore openAsStored(RocksStoreConfig config, StoreEnvironment environment) {
        return new RocksStore(config, environment, true);
    }

    /**
     * Loads RocksDB's native library, which takes some hundred milliseconds and happens with {@link #open} at the
     * latest. A program may call this on another thread as its first deed.
     */
    public static void preload() {
        RocksDB.loadLibrary();
    }

    /** How long {@link #open} took, in nanoseconds. */
    public long restoreNanos() {
        return restoreNanos;
    }

    @Override
    public int shards() {
        return config.shards();
    }

    @Override
    public CommitLimits commitLimits() {
        return LIMITS;
    }

    @Override
    public int commitsInFlight() {
        return config.commitsInFlight();
    }

    @Override
    public CompletionStage<Head> acquire(int shard, String owner) {
        return submissions.acquire(checked(shard), owner);
    }

    @Override
    public CompletionStage<Head> head(int shard) {
        return submissions.head(checked(shard));
    }

    @Override
    public List<CompletionStage<CommitOutcome>> commit(List<Commit> commits) {
        return submissions.commit(commits);
    }

    @Override
    public CompletionStage<Optional<CounterRow>> read(int shard, Key key) {
        checked(shard);
        if (materialiser.mayHold(key)) {
            return materialiser
                    .change(shard, key)
                    .thenCompose(change -> change.isPresent() ? changed(change.get()) : readStored(shard, key));
        }
        return readStored(shard, key);
    }

    /** Whether the counter may have a state that is not in RocksDB yet. Hurries nothing. For tests. */
    boolean mayBeNewer(Key key) {
        return materialiser.mayHold(key);
    }

    private static CompletionStage<Optional<CounterRow>> changed(CounterChange change) {
        return CompletableFuture.completedFuture(
                change.deleted() ? Optional.empty() : Optional.of(RecentRows.row(change)));
    }

    /** Reads a counter from RocksDB: on the calling thread where it is in memory, else on another one. */
    private CompletionStage<Optional<CounterRow>> readStored(int shard, Key key) {
        byte[] row = RowCodec.counterKey(shard, key.bytes());
        try {
            byte[] value = tables.getCached(row);
            if (value != RocksTables.NOT_IN_MEMORY) {
                return CompletableFuture.completedFuture(counter(key, value));
            }
        } catch (StoreException e) {
            return CompletableFuture.failedFuture(e);
        }
        return readFromDisk(key, row);
    }

    private CompletionStage<Optional<CounterRow>> readFromDisk(Key key, byte[] row) {
        CompletableFuture<Optional<CounterRow>> stage = new CompletableFuture<>();
        try {
            readers.execute(() -> {
                try {
                    stage.complete(counter(key, tables.get(row)));
                } catch (RuntimeException e) {
                    stage.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            stage.completeExceptionally(
                    new StoreException.Unreachable("Too many reads wait for the disk, or the store is closed.", e));
        }
        return stage;
    }

    private static Optional<CounterRow> counter(Key key, byte @Nullable [] value) {
        return value == null ? Optional.empty() : Optional.of(RowCodec.counter(key, value));
    }

    @Override
    public CompletionStage<List<CounterRow>> scan(int shard, byte[] prefix, @Nullable Key after, int limit) {
        return materialiser.scan(checked(shard), prefix, after, limit);
    }

    @Override
    public CompletionStage<List<IdentityRow>> identities(int shard, @Nullable IdentityId after, int limit) {
        return materialiser.identities(checked(shard), after, limit);
    }

    private int checked(int shard) {
        if (shard < 0 || shard >= config.shards()) {
            throw new IllegalArgumentException("there is no shard " + shard + "; the store has " + config.shards());
        }
        return shard;
    }

    /**
     * Syncs and flushes what was committed, so that the next start has nothing to do, and lets go of the directory.
     * Within 10 s.
     */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        submissions.close();
        try {
            journal.syncNow(Long.MAX_VALUE);
            materialiser.close(4_000);
            readers.shutdown();
            maintenance.shutdown();
            admission.shutdown();
            boolean quiet =
                    readers.awaitTermination(1, TimeUnit.SECONDS) && maintenance.awaitTermination(3, TimeUnit.SECONDS);
            if (!quiet || !checkpointer.checkpoint()) {
                LOG.warn("The database was not flushed at the stop; the next start reads the journal instead. "
                        + "Nothing is lost.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        letGo(true);
    }

    /** Ends the store as if the process had been killed: nothing is synced, written or flushed. For tests. */
    void abandon() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        submissions.close();
        try {
            materialiser.abandon();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        readers.shutdownNow();
        maintenance.shutdownNow();
        admission.shutdownNow();
        letGo(false);
    }

    private void letGo(boolean orderly) {
        check.stop();
        try {
            if (orderly) {
                journal.close();
            } else {
                journal.abandon();
            }
            tables.close();
            lock.close();
        } catch (IOException e) {
            LOG.warn("The store's files were not closed in order: {}. The next start reads the journal.", e.toString());
        }
    }

    static Head headAfter(Head before, Commit commit) {
        return new Head(
                before.shard(), before.epoch(), before.owner(), commit.sequence(), commit.batchId(), commit.counters());
    }

    static Head headAcquired(Head before, long epoch, String owner) {
        return new Head(before.shard(), epoch, owner, before.sequence(), before.batchId(), before.counters());
    }
}
