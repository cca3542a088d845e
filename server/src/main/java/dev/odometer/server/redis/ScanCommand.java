package dev.odometer.server.redis;

import dev.odometer.engine.CounterPage;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.model.Limits;
import dev.odometer.engine.store.CounterRow;
import dev.odometer.server.redis.RedisMetrics.Result;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * SCAN cursor [MATCH pattern] [COUNT count] [TYPE type]: pages in key order, so that a counter that exists during a
 * whole scan is in it, and none is in it twice. COUNT is how many counters a step looks at, {@value #DEFAULT_COUNT} by
 * default and 1,000 at most.
 */
final class ScanCommand {
    private static final int DEFAULT_COUNT = 100;

    private @Nullable Glob match;
    private int count = DEFAULT_COUNT;
    private boolean noType;

    private ScanCommand() {}

    static void run(RedisConnection connection, Arguments arguments) {
        ScanCommand scan = new ScanCommand();
        byte[] error = scan.parse(arguments);
        if (error != null) {
            connection.error(error);
            return;
        }
        long cursor = CounterCommands.integer(arguments, 1);
        Key after = connection.state.cursors.after(cursor);
        if (after == null && cursor != 0) {
            connection.error(Errors.INVALID_CURSOR);
        } else if (scan.noType) {
            connection.reply(page(connection, 0, List.of()));
        } else {
            scan.step(connection, cursor, after);
        }
    }

    private byte @Nullable [] parse(Arguments arguments) {
        if (!CounterCommands.isInteger(arguments, 1)) {
            return Errors.INVALID_CURSOR;
        }
        for (int i = 2; i < arguments.count; i += 2) {
            if (i + 1 == arguments.count) {
                return Errors.SYNTAX;
            }
            if (arguments.is(i, "COUNT")) {
                if (!CounterCommands.isInteger(arguments, i + 1)) {
                    return Errors.NOT_AN_INTEGER;
                }
                long wanted = CounterCommands.integer(arguments, i + 1);
                if (wanted < 1) {
                    return Errors.SYNTAX;
                }
                count = (int) Math.min(wanted, Limits.MAX_PAGE);
            } else if (arguments.is(i, "MATCH")) {
                if (arguments.lengths[i + 1] > Glob.MAX_BYTES) {
                    return Resp.error("ERR the pattern is longer than " + Glob.MAX_BYTES + " bytes");
                }
                match = new Glob(arguments.copy(i + 1));
            } else if (arguments.is(i, "TYPE")) {
                noType = !arguments.is(i + 1, "STRING");
            } else {
                return Errors.SYNTAX;
            }
        }
        return null;
    }

    private void step(RedisConnection connection, long cursor, @Nullable Key after) {
        long token = connection.open();
        connection.block();
        byte[] prefix = match == null ? new byte[0] : match.literalPrefix();
        var unused = connection.state.engine.list(prefix, after, count).whenComplete((page, failure) -> {
            if (page == null) {
                connection.answer(token, failed(failure), Result.REFUSED);
            } else {
                connection.answer(token, reply(connection, cursor, page), Result.OK);
            }
            connection.unblock();
        });
    }

    private byte[] reply(RedisConnection connection, long cursor, CounterPage page) {
        List<byte[]> keys = new ArrayList<>(page.counters().size());
        for (CounterRow row : page.counters()) {
            byte[] key = row.key().bytes();
            if (match == null || match.matches(key)) {
                keys.add(key);
            }
        }
        Key next = page.next();
        return page(connection, next == null ? 0 : connection.state.cursors.next(cursor, next), keys);
    }

    private static byte[] page(RedisConnection connection, long cursor, List<byte[]> keys) {
        ReplyBuilder reply = new ReplyBuilder(connection.info.protocol()).array(2);
        reply.bulkInteger(cursor).array(keys.size());
        keys.forEach(reply::bulk);
        return reply.bytes();
    }

    static byte[] failed(@Nullable Throwable failure) {
        String why = failure == null ? "no answer" : String.valueOf(failure.getMessage());
        return Resp.error("TRYAGAIN the counters cannot be listed at the moment: " + why);
    }
}
