package dev.odometer.server.redis;

import dev.odometer.engine.Outcome;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.model.Operation;
import dev.odometer.server.redis.RedisMetrics.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The commands on several counters, or on a counter as a key. */
final class KeyCommands {
    private KeyCommands() {}

    /** DEL key [key ...]. Each key is removed atomically, not all of them together. */
    static void del(RedisConnection connection, Arguments arguments) {
        run(connection, arguments, true, Operation.Delete::new, all -> integer(all.count(Outcome.DELETED)));
    }

    /** EXISTS key [key ...]; a key given twice counts twice. */
    static void exists(RedisConnection connection, Arguments arguments) {
        run(connection, arguments, false, Operation.Get::new, all -> integer(all.count(Outcome.VALUE)));
    }

    static void mget(RedisConnection connection, Arguments arguments) {
        int protocol = connection.info.protocol();
        run(connection, arguments, false, Operation.Get::new, all -> {
            ReplyBuilder reply = new ReplyBuilder(protocol).array(all.count());
            for (int i = 0; i < all.count(); i++) {
                if (all.outcome(i) == Outcome.VALUE) {
                    reply.bulkInteger(all.value(i));
                } else {
                    reply.nil();
                }
            }
            return reply.bytes();
        });
    }

    static void type(RedisConnection connection, Arguments arguments) {
        run(
                connection,
                arguments,
                false,
                Operation.Get::new,
                all -> Resp.ascii(all.outcome(0) == Outcome.VALUE ? "+string\r\n" : "+none\r\n"));
    }

    static void dbSize(RedisConnection connection, Arguments arguments) {
        long token = connection.open();
        connection.block();
        var unused = connection.state.engine.count().whenComplete((count, failure) -> {
            if (count == null) {
                connection.answer(token, ScanCommand.failed(failure), Result.REFUSED);
            } else {
                connection.answer(token, Resp.ascii(":" + count + "\r\n"), Result.OK);
            }
            connection.unblock();
        });
    }

    private static void run(
            RedisConnection connection,
            Arguments arguments,
            boolean writes,
            Function<Key, Operation> operation,
            Function<SeveralAnswers, byte[]> reply) {
        // All keys are checked before anything is done.
        List<Key> keys = new ArrayList<>(arguments.count - 1);
        for (int i = 1; i < arguments.count; i++) {
            keys.add(CounterCommands.key(arguments, i));
        }
        RedisState state = connection.state;
        SeveralAnswers answers = new SeveralAnswers(connection, keys.size(), writes, reply);
        for (int i = 0; i < keys.size(); i++) {
            state.engine.submit(operation.apply(keys.get(i)), null, answers, i);
            state.submitted();
        }
    }

    private static byte[] integer(long value) {
        return new ReplyBuilder(2).integer(value).bytes();
    }
}
