package dev.odometer.store.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.servererrors.InvalidQueryException;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store on Apache Cassandra 4.1.6 or newer: one partition a shard, one conditional batch a commit.
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

    /**
     * Far below what ends in an error (65,535 statements and 16 MiB), and such that the slowest commit stays well below
     * Cassandra's own timeouts: 1,000 rows take some 16 ms.
     */
    private static final CommitLimits LIMITS = new CommitLimits(4_096, 1 << 20);

    /** Each attempt but the last was beaten by another acquisition of the same shard. */
    private static final int MAX_ACQUIRE_ATTEMPTS = 50;

    private static final int CLOSE_SECONDS = 5;

    private final CassandraStoreConfig config;
    private final CqlSession session;
    private final Statements statements;
    private final ShardQueue[] queues;
    private volatile boolean closed;

    private CassandraStore(CassandraStoreConfig config, CqlSession session) {
        this.config = config;
        this.session = session;
        this.statements = new Statements(session, config.keyspace(), config.localSerial());
        this.queues = new ShardQueue[config.shards()];
        Arrays.setAll(queues, shard -> new ShardQueue());
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
        return open(config, false);
    }

    /** The same, but a store that exists is taken with the number of shards that it has. */
    public static CassandraStore openAsStored(CassandraStoreConfig config) {
        return open(config, true);
    }

    private static CassandraStore open(CassandraStoreConfig config, boolean anyShards) {
        CqlSession session = Sessions.open(config);
        try {
            return new CassandraStore(config.withShards(storedShards(config, session, anyShards)), session);
        } catch (RuntimeException e) {
            session.forceCloseAsync();
            throw Failures.atStart(config, e);
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
        if (format > CassandraSchema.FORMAT_VERSION) {
            throw new StoreException.Incompatible("The store in the keyspace " + keyspace
                    + " was written by a newer version of Odometer (format " + format
                    + "; this one knows formats up to "
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
        return readHead(shard).thenCompose(seen -> {
            long epoch = seen.epoch() + 1;
            var raise = seen.epoch() == 0
                    ? statements.createHead(shard, epoch, owner)
                    : statements.raiseEpoch(seen, epoch, owner);
            return session.executeAsync(raise)
                    .thenCompose(result -> result.wasApplied() ? readHead(shard) : failedAttempt())
                    .thenCompose(now -> {
                        // The head is read after the epoch was raised: no older commit can come in between any more.
                        if (now != null && now.epoch() == epoch) {
                            return CompletableFuture.completedFuture(now);
                        }
                        if (attempt == MAX_ACQUIRE_ATTEMPTS) {
                            throw new StoreException.Unreachable("shard " + shard + " was acquired by others " + attempt
                                    + " times while this node tried; it can be tried again");
                        }
                        return acquire(shard, owner, attempt + 1);
                    });
        });
    }

    private static CompletionStage<@Nullable Head> failedAttempt() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Head> head(int shard) {
        return guarded(() -> readHead(shard));
    }

    private CompletionStage<Head> readHead(int shard) {
        return session.executeAsync(statements.readHead(shard)).thenApply(result -> Rows.head(shard, result.one()));
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
        CompletionStage<AsyncResultSet> answer;
        try {
            answer = session.executeAsync(statements.commit(commit));
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(Failures.ofCommit(e));
        }
        return answer.handle((result, failure) -> {
                    if (failure != null) {
                        return CompletableFuture.completedFuture(Failures.ofCommit(failure));
                    }
                    return result.wasApplied()
                            ? CompletableFuture.<CommitOutcome>completedFuture(Committed.INSTANCE)
                            : refused(commit);
                })
                .thenCompose(stage -> stage);
    }

    /** A refusal carries epoch and sequence alone; the rest of the head is read. */
    private CompletionStage<CommitOutcome> refused(Commit commit) {
        return readHead(commit.shard())
                .handle((head, failure) ->
                        // Submitting again is as safe as knowing: the condition does not hold now, and will not later.
                        failure == null ? new Refused(head) : new Unknown(Failures.ofRequest(failure)));
    }

    @Override
    public CompletionStage<Optional<CounterRow>> read(int shard, Key key) {
        return guarded(() -> session.executeAsync(statements.readCounter(shard, key))
                .thenApply(result -> Optional.ofNullable(result.one()).map(row -> Rows.counter(shard, key, row))));
    }

    @Override
    public CompletionStage<List<CounterRow>> scan(int shard, byte[] prefix, @Nullable Key after, int limit) {
        byte[] low = prefix;
        if (after != null && Arrays.compareUnsigned(after.bytes(), prefix) >= 0) {
            low = Ids.after(after.bytes());
        }
        return scan(
                (from, to) -> statements.scanCounters(shard, from, to, limit),
                row -> Rows.counter(shard, row),
                low,
                Ids.afterPrefix(prefix),
                limit);
    }

    @Override
    public CompletionStage<List<IdentityRow>> identities(int shard, @Nullable IdentityId after, int limit) {
        return scan(
                (from, to) -> statements.scanIdentities(shard, from, to, limit),
                row -> Rows.identity(shard, row),
                after == null ? new byte[0] : Ids.after(Rows.idBytes(after)),
                Ids.afterPrefix(new byte[0]),
                limit);
    }

    private <T> CompletionStage<List<T>> scan(
            BiFunction<byte[], byte[], BoundStatement> select,
            Function<Row, T> decode,
            byte[] low,
            byte[] high,
            int limit) {
        if (limit <= 0 || Arrays.compareUnsigned(low, high) >= 0) {
            return CompletableFuture.completedFuture(List.of());
        }
        return guarded(() -> new RangeScan<>(session, select, decode, low, high, limit).run());
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
