package dev.odometer.server.redis;

import dev.odometer.engine.AnswerSink;
import dev.odometer.engine.CounterPage;
import dev.odometer.engine.Outcome;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.model.Limits;
import dev.odometer.engine.model.Operation;
import dev.odometer.server.redis.RedisMetrics.Result;
import org.jspecify.annotations.Nullable;

/**
 * FLUSHALL, where it is allowed: deletes page by page, each page committed before the next is listed. The connection
 * runs nothing else meanwhile; others do, and what they create behind the page at hand may stay.
 *
 * <p>Used by the loop's thread only.
 */
final class FlushAllCommand implements AnswerSink {
    private static final byte[] NOT_ALLOWED = Resp.error(
            "ERR FLUSHALL is not allowed on this server; nothing was changed. Start it with --allow-flushall");
    private static final byte[] NOTHING = new byte[0];

    private final RedisConnection connection;
    private final long token;
    private @Nullable Key next;
    private int left;
    private @Nullable Outcome failure;

    private FlushAllCommand(RedisConnection connection) {
        this.connection = connection;
        this.token = connection.open();
    }

    /** FLUSHALL [ASYNC | SYNC]: always synchronous. */
    static void run(RedisConnection connection, Arguments arguments) {
        boolean option = arguments.count == 2 && (arguments.is(1, "ASYNC") || arguments.is(1, "SYNC"));
        if (arguments.count > 1 && !option) {
            connection.error(Errors.SYNTAX);
        } else if (!connection.state.config.allowFlushAll()) {
            connection.error(NOT_ALLOWED);
        } else {
            FlushAllCommand flush = new FlushAllCommand(connection);
            connection.block();
            flush.list(null);
        }
    }

    private void list(@Nullable Key after) {
        var unused = connection
                .state
                .engine
                .list(NOTHING, after, Limits.MAX_PAGE)
                .whenComplete((page, thrown) -> {
                    if (page == null) {
                        finish(ScanCommand.failed(thrown), Result.REFUSED);
                    } else {
                        delete(page);
                    }
                });
    }

    private void delete(CounterPage page) {
        next = page.next();
        left = page.counters().size();
        if (left == 0) {
            finish(Resp.OK, Result.OK);
            return;
        }
        RedisState state = connection.state;
        page.counters().forEach(row -> {
            state.engine.submit(new Operation.Delete(row.key()), null, this, 0);
            state.submitted();
        });
    }

    @Override
    public void answered(long ignored, Outcome outcome, long value, boolean replayed) {
        connection.state.answered();
        if (outcome != Outcome.DELETED && outcome != Outcome.ABSENT) {
            failure = outcome;
        }
        if (--left > 0) {
            return;
        }
        if (failure != null) {
            finish(
                    Resp.error("TRYAGAIN not all counters could be deleted (" + failure + "); sending FLUSHALL again"
                            + " is safe"),
                    Result.REFUSED);
        } else if (next == null) {
            finish(Resp.OK, Result.OK);
        } else {
            // Not from within the last page's answers, which may come in the call that submits.
            Key after = next;
            connection.state.environment.execute(() -> list(after));
        }
    }

    private void finish(byte[] reply, Result result) {
        connection.answer(token, reply, result);
        connection.unblock();
    }
}
