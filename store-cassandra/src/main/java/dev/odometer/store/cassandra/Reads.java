package dev.odometer.store.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CounterChange;
import dev.odometer.engine.store.CounterRow;
import dev.odometer.engine.store.Head;
import dev.odometer.engine.store.IdentityRow;
import dev.odometer.engine.store.StoreException;
import dev.odometer.engine.store.record.BacklogLimits;
import dev.odometer.engine.store.record.Merge;
import dev.odometer.engine.store.record.Newer;
import dev.odometer.engine.store.record.RecentRows;
import dev.odometer.engine.store.record.ShardBacklog;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Reads shards: their rows, and over these what is in their records alone.
 *
 * <p>For a shard that was acquired here the records are in memory. That they are still all of them is asked of the
 * head: as long as its epoch is ours, nobody else has committed. The question goes along with that for the rows, at
 * QUORUM: another's commits would have been answered after its acquisition was on a quorum. For any other shard the
 * records are read first, and the rows after them.
 *
 * <p>Thread-safe.
 */
final class Reads {
    /** Each attempt but the last was overtaken by commits that wrote over the records to be read. */
    private static final int MAX_ATTEMPTS = 50;

    private static final int ATTEMPTS_BEFORE_DAMAGE = 5;

    private final CqlSession session;
    private final Statements statements;
    private final BacklogLimits limits;
    private final AtomicReferenceArray<@Nullable ShardBacklog> backlogs;

    Reads(CqlSession session, Statements statements, BacklogLimits limits, int shards) {
        this.session = session;
        this.statements = statements;
        this.limits = limits;
        this.backlogs = new AtomicReferenceArray<>(shards);
    }

    /** A head, and the commits that are not in the rows. */
    record Loaded(Head head, ShardBacklog backlog) {}

    /** The backlog of a shard that was acquired or committed to here, as far as we know; null where it was not. */
    @Nullable
    ShardBacklog own(int shard) {
        return backlogs.get(shard);
    }

    /** From now on the backlog is kept up by the commits that are made here. */
    void keep(int shard, ShardBacklog backlog) {
        backlogs.set(shard, backlog);
    }

    /** Somebody else commits to the shard. */
    void drop(int shard, ShardBacklog backlog) {
        backlogs.compareAndSet(shard, backlog, null);
    }

    CompletionStage<Head> head(int shard) {
        return markedHead(statements.readHead(shard), shard).thenApply(Rows.Marked::head);
    }

    private CompletionStage<Rows.Marked> markedHead(BoundStatement read, int shard) {
        return session.executeAsync(read).thenApply(result -> Rows.head(shard, result.one()));
    }

    /** The shard's head, which is exact where nobody may commit, and the records that belong to it. */
    CompletionStage<Loaded> loadExactly(int shard) {
        return load(shard, 2);
    }

    /** The same as of now, or later, without disturbing the owner. */
    private CompletionStage<ShardBacklog> load(int shard) {
        return load(shard, 1).thenApply(Loaded::backlog);
    }

    private CompletionStage<Loaded> load(int shard, int attempt) {
        // The first look may see a head whose record is not on each quorum yet. SERIAL completes what is half done.
        BoundStatement read = attempt == 1 ? statements.readHeadAtQuorum(shard) : statements.readHead(shard);
        return markedHead(read, shard).thenCompose(marked -> {
            Head head = marked.head();
            if (marked.materialised() == head.sequence()) {
                return CompletableFuture.completedFuture(loaded(marked, List.of()));
            }
            BoundStatement records = statements.readRecords(shard, marked.materialised(), head.sequence());
            return session.executeAsync(records)
                    .thenCompose(page -> commits(shard, page, new ArrayList<>()))
                    .thenCompose(commits -> {
                        List<Commit> wanted = wanted(marked, commits);
                        if (wanted != null) {
                            return CompletableFuture.completedFuture(loaded(marked, wanted));
                        }
                        return again(shard, attempt, marked, commits);
                    });
        });
    }

    private CompletionStage<List<Commit>> commits(int shard, AsyncResultSet page, List<Commit> found) {
        for (Row row : page.currentPage()) {
            found.add(Rows.commit(shard, row));
        }
        return page.hasMorePages()
                ? page.fetchNextPage().thenCompose(next -> commits(shard, next, found))
                : CompletableFuture.completedFuture(found);
    }

    /** The commits after the mark in order; null where one of them is not there. */
    private static @Nullable List<Commit> wanted(Rows.Marked marked, List<Commit> found) {
        Commit[] ordered = new Commit[(int) (marked.head().sequence() - marked.materialised())];
        for (Commit commit : found) {
            long index = commit.sequence() - marked.materialised() - 1;
            if (index >= 0 && index < ordered.length) {
                ordered[(int) index] = commit;
            }
        }
        List<Commit> commits = Arrays.asList(ordered);
        return commits.contains(null) ? null : commits;
    }

    private CompletionStage<Loaded> again(int shard, int attempt, Rows.Marked marked, List<Commit> found) {
        boolean overtaken = found.stream()
                .anyMatch(commit -> commit.sequence() > marked.head().sequence());
        if (!overtaken && attempt >= ATTEMPTS_BEFORE_DAMAGE) {
            throw Rows.damaged(
                    shard,
                    "of the commits " + (marked.materialised() + 1) + " to "
                            + marked.head().sequence() + " not all have their records");
        }
        if (attempt == MAX_ATTEMPTS) {
            throw new StoreException.Unreachable("the records of shard " + shard
                    + " were written over while they were read, " + attempt + " times; it can be tried again");
        }
        return load(shard, attempt + 1);
    }

    private Loaded loaded(Rows.Marked marked, List<Commit> commits) {
        Head head = marked.head();
        return new Loaded(
                head, new ShardBacklog(limits, head.epoch(), head.sequence(), marked.materialised(), commits));
    }

    CompletionStage<Optional<CounterRow>> counter(int shard, Key key) {
        ShardBacklog own = own(shard);
        if (own == null) {
            return counterOfAnother(shard, key);
        }
        CounterChange change = own.counter(key);
        return session.executeAsync(statements.readCounterAndEpoch(shard, key)).thenCompose(result -> {
            long epoch = 0;
            Optional<CounterRow> counter = Optional.empty();
            for (Row row : result.currentPage()) {
                if (row.getByte("kind") == CassandraSchema.HEAD) {
                    epoch = row.getLong("epoch");
                } else {
                    counter = Optional.of(Rows.counter(shard, key, row));
                }
            }
            return isStill(shard, own, epoch)
                    ? CompletableFuture.completedFuture(over(counter, change))
                    : counterOfAnother(shard, key);
        });
    }

    private boolean isStill(int shard, ShardBacklog own, long epoch) {
        if (epoch > own.epoch()) {
            drop(shard, own);
        }
        return epoch == own.epoch();
    }

    private CompletionStage<Optional<CounterRow>> counterOfAnother(int shard, Key key) {
        return load(shard)
                .thenCompose(backlog -> session.executeAsync(statements.readCounter(shard, key))
                        .thenApply(result -> over(
                                Optional.ofNullable(result.one()).map(row -> Rows.counter(shard, key, row)),
                                backlog.counter(key))));
    }

    private static Optional<CounterRow> over(Optional<CounterRow> stored, @Nullable CounterChange change) {
        return change == null ? stored : Optional.ofNullable(rowOf(change));
    }

    private static @Nullable CounterRow rowOf(CounterChange change) {
        return change.deleted() ? null : RecentRows.row(change);
    }

    CompletionStage<List<CounterRow>> counters(int shard, byte[] prefix, @Nullable Key after, int limit) {
        byte[] low =
                after != null && Arrays.compareUnsigned(after.bytes(), prefix) >= 0 ? Ids.after(after.bytes()) : prefix;
        byte[] high = Ids.afterPrefix(prefix);
        if (limit <= 0 || Arrays.compareUnsigned(low, high) >= 0) {
            return CompletableFuture.completedFuture(List.of());
        }
        return scan(
                shard,
                backlog -> backlog.counters(prefix, after, limit),
                Reads::rowOf,
                CounterRow::key,
                rows -> new RangeScan<>(
                        session,
                        (from, to) -> statements.scanCounters(shard, from, to, rows),
                        row -> Rows.counter(shard, row),
                        low,
                        high,
                        rows),
                limit);
    }

    CompletionStage<List<IdentityRow>> identities(int shard, @Nullable IdentityId after, int limit) {
        if (limit <= 0) {
            return CompletableFuture.completedFuture(List.of());
        }
        return this.<IdentityId, @Nullable IdentityRow, IdentityRow>scan(
                shard,
                backlog -> backlog.identities(after, limit),
                row -> row,
                IdentityRow::id,
                rows -> new RangeScan<>(
                        session,
                        (from, to) -> statements.scanIdentities(shard, from, to, rows),
                        row -> Rows.identity(shard, row),
                        after == null ? new byte[0] : Ids.after(Rows.idBytes(after)),
                        Ids.afterPrefix(new byte[0]),
                        rows),
                limit);
    }

    private <K extends Comparable<K>, N extends @Nullable Object, R> CompletionStage<List<R>> scan(
            int shard,
            Function<ShardBacklog, List<Map.Entry<K, N>>> newer,
            Function<N, @Nullable R> rowOf,
            Function<R, K> keyOf,
            IntFunction<RangeScan<R>> stored,
            int limit) {
        Function<List<Map.Entry<K, N>>, CompletionStage<List<R>>> merged = entries -> {
            long hidden = entries.stream()
                    .filter(entry -> rowOf.apply(entry.getValue()) == null)
                    .count();
            int rows = (int) Math.min(Integer.MAX_VALUE, limit + hidden);
            return stored.apply(rows).run().thenApply(found -> {
                Merge<K, N, R> merge = new Merge<>(
                        new Newer<>(entries.iterator(), Collections.emptyIterator(), any -> true), limit, rowOf);
                for (R row : found) {
                    if (!merge.stored(keyOf.apply(row), row)) {
                        break;
                    }
                }
                return merge.finish();
            });
        };
        ShardBacklog own = own(shard);
        if (own == null) {
            return load(shard).thenCompose(backlog -> merged.apply(newer.apply(backlog)));
        }
        CompletionStage<Long> epoch = session.executeAsync(statements.readEpoch(shard))
                .thenApply(result -> {
                    Row row = result.one();
                    return row == null ? 0L : row.getLong("epoch");
                });
        return merged.apply(newer.apply(own))
                .thenCombine(
                        epoch,
                        (rows, now) -> isStill(shard, own, now)
                                ? CompletableFuture.completedFuture(rows)
                                : load(shard).thenCompose(backlog -> merged.apply(newer.apply(backlog))))
                .thenCompose(stage -> stage);
    }
}
