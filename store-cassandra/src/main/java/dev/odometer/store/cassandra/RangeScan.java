package dev.odometer.store.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Reads the rows of a range of ids in order, page by page, up to a limit.
 *
 * <p>Cassandra refuses to read over more than {@code tombstone_failure_threshold} rows that were deleted and are still
 * kept for {@code gc_grace_seconds}: identities that expired make many. A range that is refused for that is halved, and
 * the halves read one after the other.
 *
 * <p>Used once; its callbacks come one at a time.
 */
final class RangeScan<T> {
    /** Ranges that wait at most, and so how small a range may become: the whole halved this often. */
    private static final int MAX_RANGES = 64;

    private final CqlSession session;
    private final BiFunction<byte[], byte[], BoundStatement> select;
    private final Function<Row, T> decode;
    private final int limit;
    private final Deque<Range> ranges = new ArrayDeque<>();
    private final List<T> found = new ArrayList<>();

    /** From {@code low} on, below {@code high}. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Range(byte[] low, byte[] high) {}

    RangeScan(
            CqlSession session,
            BiFunction<byte[], byte[], BoundStatement> select,
            Function<Row, T> decode,
            byte[] low,
            byte[] high,
            int limit) {
        this.session = session;
        this.select = select;
        this.decode = decode;
        this.limit = limit;
        ranges.push(new Range(low, high));
    }

    CompletionStage<List<T>> run() {
        if (ranges.isEmpty() || found.size() >= limit) {
            return CompletableFuture.completedFuture(found);
        }
        Range range = ranges.pop();
        Progress progress = new Progress(range.low());
        return session.executeAsync(select.apply(range.low(), range.high()))
                .thenCompose(page -> take(page, progress))
                .handle((done, failure) ->
                        failure == null ? CompletableFuture.completedFuture(done) : halve(range, progress, failure))
                .thenCompose(stage -> stage)
                .thenCompose(done -> run());
    }

    /** How far a range has been read: the next id is not below {@link #next}. */
    private static final class Progress {
        private byte[] next;

        Progress(byte[] next) {
            this.next = next;
        }
    }

    private CompletionStage<Boolean> take(AsyncResultSet page, Progress progress) {
        for (Row row : page.currentPage()) {
            if (found.size() >= limit) {
                return CompletableFuture.completedFuture(true);
            }
            found.add(decode.apply(row));
            progress.next = Ids.after(Rows.id(row));
        }
        if (found.size() >= limit || !page.hasMorePages()) {
            return CompletableFuture.completedFuture(true);
        }
        return page.fetchNextPage().thenCompose(next -> take(next, progress));
    }

    private CompletableFuture<Boolean> halve(Range range, Progress progress, Throwable failure) {
        byte[] middle = Ids.between(progress.next, range.high());
        if (!Failures.isTooManyTombstones(failure) || middle == null || ranges.size() >= MAX_RANGES) {
            return CompletableFuture.failedFuture(Failures.cause(failure));
        }
        ranges.push(new Range(middle, range.high()));
        ranges.push(new Range(progress.next, middle));
        return CompletableFuture.completedFuture(true);
    }
}
