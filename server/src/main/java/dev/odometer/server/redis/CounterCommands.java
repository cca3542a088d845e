package dev.odometer.server.redis;

import dev.odometer.engine.model.Identity;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.model.Operation;
import dev.odometer.engine.model.Operation.Condition;

/** The commands on one counter. */
final class CounterCommands {
    private CounterCommands() {}

    static void incr(RedisConnection connection, Arguments arguments) {
        connection.add(arguments, 1);
    }

    static void decr(RedisConnection connection, Arguments arguments) {
        connection.add(arguments, -1);
    }

    static void get(RedisConnection connection, Arguments arguments) {
        connection.get(arguments);
    }

    static void incrBy(RedisConnection connection, Arguments arguments) {
        if (!isInteger(arguments, 2)) {
            connection.error(Errors.NOT_AN_INTEGER);
            return;
        }
        connection.add(arguments, integer(arguments, 2));
    }

    static void decrBy(RedisConnection connection, Arguments arguments) {
        if (!isInteger(arguments, 2)) {
            connection.error(Errors.NOT_AN_INTEGER);
            return;
        }
        long delta = integer(arguments, 2);
        if (delta == Long.MIN_VALUE) {
            connection.error(Errors.DECREMENT_OVERFLOW);
            return;
        }
        connection.add(arguments, -delta);
    }

    /** SET key value [NX | XX] [GET] [KEEPTTL]. */
    static void set(RedisConnection connection, Arguments arguments) {
        Condition condition = Condition.ALWAYS;
        boolean previous = false;
        for (int i = 3; i < arguments.count; i++) {
            if (arguments.is(i, "NX") && condition != Condition.IF_PRESENT) {
                condition = Condition.IF_ABSENT;
            } else if (arguments.is(i, "XX") && condition != Condition.IF_ABSENT) {
                condition = Condition.IF_PRESENT;
            } else if (arguments.is(i, "GET")) {
                previous = true;
            } else if (isExpiry(arguments, i)) {
                connection.error(i + 1 < arguments.count ? Errors.NO_EXPIRY : Errors.SYNTAX);
                return;
            } else if (!arguments.is(i, "KEEPTTL")) {
                connection.error(Errors.SYNTAX);
                return;
            }
        }
        Key key = key(arguments, 1);
        if (!isInteger(arguments, 2)) {
            connection.error(Errors.NOT_AN_INTEGER);
            return;
        }
        int form = previous ? ReplyRing.AWAITS_PREVIOUS : ReplyRing.AWAITS_OK;
        connection.submit(form, new Operation.Set(key, integer(arguments, 2), condition, previous), null);
    }

    private static boolean isExpiry(Arguments arguments, int index) {
        return arguments.is(index, "EX")
                || arguments.is(index, "PX")
                || arguments.is(index, "EXAT")
                || arguments.is(index, "PXAT");
    }

    /** ODOMETER.ADD key delta ID idempotency-key. */
    static void addOnce(RedisConnection connection, Arguments arguments) {
        if (!arguments.is(3, "ID")) {
            connection.error(Errors.SYNTAX);
            return;
        }
        Key key = key(arguments, 1);
        if (!isInteger(arguments, 2)) {
            connection.error(Errors.NOT_AN_INTEGER);
            return;
        }
        Identity identity;
        try {
            identity = new Identity.IdempotencyKey(arguments.text(4));
        } catch (IllegalArgumentException e) {
            connection.error(Resp.error("ERR invalid ID: " + e.getMessage()));
            return;
        }
        Operation operation = new Operation.Add(key, integer(arguments, 2));
        connection.submit(ReplyRing.AWAITS_KEYED_SUM, operation, identity);
    }

    static Key key(Arguments arguments, int index) {
        return Key.of(arguments.bytes, arguments.offsets[index], arguments.lengths[index]);
    }

    static boolean isInteger(Arguments arguments, int index) {
        return Numbers.isCanonical(arguments.bytes, arguments.offsets[index], arguments.lengths[index]);
    }

    /** The value of an argument that {@link #isInteger}. */
    static long integer(Arguments arguments, int index) {
        return Numbers.parse(arguments.bytes, arguments.offsets[index], arguments.lengths[index]);
    }
}
