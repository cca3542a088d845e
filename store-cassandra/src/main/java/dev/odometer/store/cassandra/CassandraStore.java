package dev.odometer.store.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverTimeoutException;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.servererrors.InvalidQueryException;
import com.datastax.oss.driver.api.core.servererrors.QueryExecutionException;
import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CommitOutcome;
import dev.odometer.engine.store.CommitOutcome.Committed;
import dev.odometer.engine.store.CommitOutcome.Refused;
import dev.odometer.engine.store.CommitOutcome.Unavailable;
import dev.odometer.engine.store.CommitOutcome.Unknown;
import dev.odometer.engine.store.CounterRow;
import dev.odometer.engine.store.Head;
import dev.odometer.engine.store.IdentityRow;
import dev.odometer.engine.store.Store;
import dev.odometer.engine.store.StoreException;
import dev.odometer.engine.store.record.BacklogLimits;
import dev.odometer.engine.store.record.ShardBacklog;
import dev.odometer.engine.store.record.WritePlan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store on Apache Cassandra 4.1.6 or newer: one partition a shard, one conditional batch a commit.
 *
 * <p>A commit is one row that holds a record of it, beside the head. Later commits take its values along into the rows
 * of the counters, see {@link ShardBacklog}; whoever reads a shard puts the records over the rows.
 *
 * <p>A commit is durable when a quorum of the keyspace's replicas has it in its commit log: it then survives the loss
 * of any minority of them, and the loss of power of all of them where {@code commitlog_sync} is {@code batch} or {@code
 * group}. Several servers may use one store at the same time; its heads decide which of them owns a shard.
 *
 * <p>A commit without an answer, or with one that says that the outcome is not known, is {@link Unknown}; the driver
 * repeats nothing by itself. A commit is {@link Unavailable} only where it was not sent.
 *
 * <p>Thread-safe. Nothing but {@link #open} and {@link #close} waits for the network. Stages complete on threads of the
 * driver.
 */
public final class CassandraStore implements Store {
    private static final Logger LOG = LoggerFactory.getLogger(CassandraStore.class);

    private static final int START_ATTEMPTS = 5;
    private static final long START_PAUSE_NANOS = 500_000_000;

    /**
     * Far below what ends in an error (65,535 statements and 16 MiB), and such that the slowest commit stays well below
     * Cassandra's own timeouts: 1,000 rows take some 16 ms.
     */
    private static final CommitLimits LIMITS = new CommitLimits(4_096, 1 << 20);

    /** What a takeover of a shard reads at most, beside its head. */
    private static final long BACKLOG_RECORD_BYTES = 2 << 20;

    /** What the rows that are in records alone take of the heap at most, all shards together; or a sixteenth of it. */
    private static final long BACKLOG_MEMORY = 64 << 20;

    private static final long MIN_BACKLOG_MEMORY = 16 << 10;

    /** Each attempt but the last was beaten by another acquisition of the same shard. */
    private static final int MAX_ACQUIRE_ATTEMPTS = 50;

    private static final int CLOSE_SECONDS = 5;

    private final CassandraStoreConfig config;
    private final CqlSession session;
    private final Statements statements;
    private final Reads reads;
    private final ShardQueue[] queues;
    private volatile boolean closed;

    private CassandraStore(CassandraStoreConfig config, CqlSession session, BacklogLimits limits) {
        this.config = config;
        this.session = session;
        this.statements = new Statements(session, config.keyspace(), config.localSerial());
        this.reads = new Reads(session, statements, limits, config.shards());
        this.queues = new ShardQueue[config.shards()];
        Arrays.setAll(queues, shard -> new ShardQueue());
    }

    private static BacklogLimits limits(int shards) {
        long memory = Math.min(BACKLOG_MEMORY, Runtime.getRuntime().maxMemory() / 16);
        return new BacklogLimits(
                CassandraSchema.SLOTS, BACKLOG_RECORD_BYTES, Math.max(MIN_BACKLOG_MEMORY, memory / shards));
    }

    /**
     * Connects to the cluster and opens the store, whose tables must be there; the number of shards is fixed by the
     * first that opens it. Waits for the network.
     *
     * @throws StoreException.Unreachable where the cluster does not answer
     * @throws StoreException.Incompatible where the tables are missing, or were made by a newer version or with another
     *     number of shards
     */
    public static CassandraStore open(CassandraStoreConfig config) {
        return open(config, false, null);
    }

    /** The same, but a store that exists is taken with the number of shards that it has. */
    public static CassandraStore openAsStored(CassandraStoreConfig config) {
        return open(config, true, null);
    }

    /** The same as {@link #open(CassandraStoreConfig)} with other bounds than the usual ones. For tests. */
    static CassandraStore open(CassandraStoreConfig config, BacklogLimits limits) {
        return open(config, false, limits);
    }

    private static CassandraStore open(CassandraStoreConfig config, boolean anyShards, @Nullable BacklogLimits limits) {
        CqlSession session = Sessions.open(config);
        try {
            CassandraStoreConfig stored = config.withShards(storedShardsAtLast(config, session, anyShards));
            return new CassandraStore(stored, session, limits == null ? limits(stored.shards()) : limits);
        } catch (RuntimeException e) {
            session.forceCloseAsync();
            throw Failures.atStart(config, e);
        }
    }

    /**
     * Asks again where Cassandra did not answer in time: nodes that start together contend for the first row, which
     * takes the same content from whoever is first.
     */
    private static int storedShardsAtLast(CassandraStoreConfig config, CqlSession session, boolean anyShards) {
        for (int attempt = 1; ; attempt++) {
            try {
                return storedShards(config, session, anyShards);
            } catch (QueryExecutionException | DriverTimeoutException e) {
                if (attempt == START_ATTEMPTS) {
                    throw e;
                }
                LOG.warn("Cassandra does not answer yet, it is asked again: {}", Failures.describe(e));
                LockSupport.parkNanos(START_PAUSE_NANOS);
            }
        }
    }

    private static int storedShards(CassandraStoreConfig config, CqlSession session, boolean anyShards) {
        String keyspace = config.keyspace();
        Row row;
        try {
            row = session.execute(Statements.readMeta(keyspace, config.localSerial()))
                    .one();
            if (row == null) {
                session.execute(Statements.createMeta(keyspace, config.localSerial(), config.shards()));
                row = session.execute(Statements.readMeta(keyspace, config.localSerial()))
                        .one();
            }
        } catch (InvalidQueryException e) {
            throw new StoreException.Incompatible("There is no store in the keyspace " + keyspace + " ("
                    + e.getMessage()
                    + "). Nothing was changed. Make it with 'odometer store init', or name the keyspace "
                    + "where it is.");
        }
        if (row == null) {
            throw new StoreException.Damaged("the keyspace " + keyspace
                    + " does not keep what was written to its table meta. Nothing was changed. Check its replicas");
        }
        int format = row.getInt("format");
        int shards = row.getInt("shards");
        if (format < CassandraSchema.FORMAT_VERSION) {
            throw new StoreException.Incompatible("The store in the keyspace " + keyspace
                    + " has format " + format + ", of which there has been no release; this version knows format "
                    + CassandraSchema.FORMAT_VERSION + " alone. Nothing was changed. Export it with the version"
                    + " that wrote it, and import into another keyspace, made with 'odometer store init'.");
        }
        if (format > CassandraSchema.FORMAT_VERSION) {
            throw new StoreException.Incompatible("The store in the keyspace " + keyspace
                    + " was written by a newer version of Odometer (format " + format
                    + "; this one knows format "
                    + CassandraSchema.FORMAT_VERSION + "). Nothing was changed. Start that version, or a newer one.");
        }
        if (shards != config.shards() && !anyShards) {
            throw new StoreException.Incompatible("The store in the keyspace " + keyspace + " has " + shards
                    + " shards, and " + config.shards()
                    + " are configured. Nothing was changed. The number is fixed when"
                    + " the store is first opened: configure " + shards
                    + ", or export, and import into another keyspace.");
        }
        return shards;
    }

    @Override
    public int shards() {
        return queues.length;
    }

    @Override
    public CommitLimits commitLimits() {
        return LIMITS;
    }

    @Override
    public int commitsInFlight() {
        return 1;
    }

    @Override
    public CompletionStage<Head> acquire(int shard, String owner) {
        return guarded(queues[shard].then(() -> acquire(shard, owner, 1)));
    }

    private CompletionStage<Head> acquire(int shard, String owner, int attempt) {
        return reads.head(shard).thenCompose(seen -> {
            long epoch = seen.epoch() + 1;
            var raise = seen.epoch() == 0
                    ? statements.createHead(shard, epoch, owner)
                    : statements.raiseEpoch(seen, epoch, owner);
            return session.executeAsync(raise)
                    .thenCompose(result -> result.wasApplied() ? reads.loadExactly(shard) : failedAttempt())
                    .thenCompose(now -> {
                        // The head is read after the epoch was raised: no older commit can come in between any more.
                        if (now != null && now.head().epoch() == epoch) {
                            reads.keep(shard, now.backlog());
                            return CompletableFuture.completedFuture(now.head());
                        }
                        if (attempt == MAX_ACQUIRE_ATTEMPTS) {
                            throw new StoreException.Unreachable("shard " + shard + " was acquired by others " + attempt
                                    + " times while this node tried; it can be tried again");
                        }
                        return acquire(shard, owner, attempt + 1);
                    });
        });
    }

    private static CompletionStage<Reads.@Nullable Loaded> failedAttempt() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Head> head(int shard) {
        return guarded(() -> reads.head(shard));
    }

    @Override
    public List<CompletionStage<CommitOutcome>> commit(List<Commit> commits) {
        List<CompletionStage<CommitOutcome>> stages = new ArrayList<>(commits.size());
        for (Commit commit : commits) {
            stages.add(queues[commit.shard()].then(() -> submit(commit)));
        }
        return stages;
    }

    private CompletionStage<CommitOutcome> submit(Commit commit) {
        if (closed) {
            return CompletableFuture.completedFuture(new Unavailable(closedException()));
        }
        ShardBacklog backlog = reads.own(commit.shard());
        WritePlan plan = backlog == null ? null : backlog.plan(commit);
        return backlog == null || plan == null ? loadAndSubmit(commit) : submit(backlog, plan);
    }

    /** What is in memory of the shard does not go with the commit: it, or the commit, is of another time. */
    private CompletionStage<CommitOutcome> loadAndSubmit(Commit commit) {
        CompletionStage<Reads.Loaded> load;
        try {
            load = reads.loadExactly(commit.shard());
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(new Unknown(Failures.ofRequest(e)));
        }
        return load.handle((loaded, failure) -> {
                    if (failure != null) {
                        // Nothing was sent now, but an earlier submission of the same commit may be on its way.
                        return CompletableFuture.<CommitOutcome>completedFuture(
                                new Unknown(Failures.ofRequest(failure)));
                    }
                    WritePlan plan = loaded.backlog().plan(commit);
                    if (plan == null) {
                        return CompletableFuture.<CommitOutcome>completedFuture(new Refused(loaded.head()));
                    }
                    reads.keep(commit.shard(), loaded.backlog());
                    return submit(loaded.backlog(), plan);
                })
                .thenCompose(stage -> stage);
    }

    private CompletionStage<CommitOutcome> submit(ShardBacklog backlog, WritePlan plan) {
        CompletionStage<AsyncResultSet> answer;
        try {
            answer = session.executeAsync(statements.commit(plan));
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(failed(backlog, plan, e));
        }
        return answer.handle((result, failure) -> {
                    if (failure != null) {
                        return CompletableFuture.completedFuture(failed(backlog, plan, failure));
                    }
                    if (result.wasApplied()) {
                        backlog.tookEffect(plan);
                        return CompletableFuture.<CommitOutcome>completedFuture(Committed.INSTANCE);
                    }
                    return refused(backlog, plan);
                })
                .thenCompose(stage -> stage);
    }

    private static CommitOutcome failed(ShardBacklog backlog, WritePlan plan, Throwable failure) {
        CommitOutcome outcome = Failures.ofCommit(failure);
        if (outcome instanceof Unknown) {
            backlog.inDoubt(plan);
        }
        return outcome;
    }

    /** A refusal carries epoch and sequence alone; the rest of the head is read. */
    private CompletionStage<CommitOutcome> refused(ShardBacklog backlog, WritePlan plan) {
        Commit commit = plan.commit();
        return reads.head(commit.shard()).handle((head, failure) -> {
            if (failure != null) {
                // Submitting again is as safe as knowing: the condition does not hold now, and will not later.
                backlog.inDoubt(plan);
                return new Unknown(Failures.ofRequest(failure));
            }
            if (head.isAt(commit)) {
                backlog.tookEffect(plan); // by an earlier submission, which was identical
            } else {
                reads.drop(commit.shard(), backlog);
            }
            return new Refused(head);
        });
    }

    @Override
    public CompletionStage<Optional<CounterRow>> read(int shard, Key key) {
        return guarded(() -> reads.counter(shard, key));
    }

    @Override
    public CompletionStage<List<CounterRow>> scan(int shard, byte[] prefix, @Nullable Key after, int limit) {
        return guarded(() -> reads.counters(shard, prefix, after, limit));
    }

    @Override
    public CompletionStage<List<IdentityRow>> identities(int shard, @Nullable IdentityId after, int limit) {
        return guarded(() -> reads.identities(shard, after, limit));
    }

    /** What of the cluster's settings endangers the store's promise. Waits for the network. */
    public List<Finding> check() {
        return ClusterCheck.run(session, config);
    }

    /** Ends at once, as a process that dies: nothing is waited for. For tests. */
    public void abandon() {
        closed = true;
        session.forceCloseAsync();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            session.closeAsync().toCompletableFuture().get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.debug("the session did not end in order", e);
            session.forceCloseAsync();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            session.forceCloseAsync();
        }
    }

    private <T> CompletionStage<T> guarded(Supplier<CompletionStage<T>> request) {
        if (closed) {
            return CompletableFuture.failedFuture(closedException());
        }
        try {
            return guarded(request.get());
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(Failures.ofRequest(e));
        }
    }

    /** The stage, failing with nothing but a {@link StoreException}. */
    private static <T> CompletionStage<T> guarded(CompletionStage<T> stage) {
        CompletableFuture<T> guarded = new CompletableFuture<>();
        stage.whenComplete((result, failure) -> {
            if (failure == null) {
                guarded.complete(result);
            } else {
                guarded.completeExceptionally(Failures.ofRequest(failure));
            }
        });
        return guarded;
    }

    private static StoreException closedException() {
        return new StoreException.Unreachable("the store is closed");
    }
}
