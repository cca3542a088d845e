package dev.odometer.server.redis;

/**
 * The bounds of the Redis protocol. Each is enforced where it is named; none of them loses what was acknowledged.
 *
 * @param maxConnections the most connections at once; one more is told so and closed ({@code ERR max number of clients
 *     reached})
 * @param maxUnansweredPerConnection the most commands of one connection that wait for an answer or to be sent; it is
 *     not read on until there are fewer. About 16 bytes of heap each
 * @param maxUnanswered the most operations of all connections in the engine; connections are not read on until there
 *     are half as many. Keep it below the engine's own bound, so that Redis clients meet a full server as slowness, not
 *     as errors
 * @param maxReplyBytes the most bytes of larger replies (lists, echoes, errors) kept for one connection, give or take
 *     one reply; it is not read on until they are sent
 * @param maxHeldInputBytes the most bytes of unfinished or postponed commands of all connections together; the
 *     connection that would exceed them is told so and closed
 * @param maxBulkBytes the longest argument; a longer one is a protocol error
 * @param maxCommandBytes the longest command as sent; a longer one is a protocol error
 * @param maxArguments the most arguments of a command; more are a protocol error
 * @param maxStalled the most connections at once whose sent replies fill the socket unread; the next one is closed.
 *     About 700 KiB each at most, with {@code maxReplyBytes}
 * @param stalledOutputMillis how long a client may leave sent replies unread before it is disconnected
 * @param idleMillis how long a connection may be silent before it is closed; 0: for ever
 * @param closeMillis how long {@link RedisServer#close} waits for answers before it cuts connections
 */
public record RedisLimits(
        int maxConnections,
        int maxUnansweredPerConnection,
        int maxUnanswered,
        int maxReplyBytes,
        long maxHeldInputBytes,
        int maxBulkBytes,
        int maxCommandBytes,
        int maxArguments,
        int maxStalled,
        long stalledOutputMillis,
        long idleMillis,
        long closeMillis) {

    /**
     * 10,000 connections, 16,384 unanswered commands a connection and 131,072 operations in all, 256 KiB of larger
     * replies, 64 MiB of held input, arguments of 512 KiB, commands of 1 MiB and 10,000 arguments, 256 stalled
     * connections for a minute at most, no idle limit, 8 s to close.
     */
    public static RedisLimits defaults() {
        return new RedisLimits(
                10_000, 16_384, 131_072, 256 << 10, 64L << 20, 512 << 10, 1 << 20, 10_000, 256, 60_000, 0, 8_000);
    }

    /** Checks the bounds; reports all that are wrong together. */
    public RedisLimits {
        StringBuilder wrong = new StringBuilder();
        atLeast(wrong, "maxConnections", maxConnections, 1);
        atLeast(wrong, "maxUnansweredPerConnection", maxUnansweredPerConnection, 1);
        atLeast(wrong, "maxUnanswered", maxUnanswered, 2);
        atLeast(wrong, "maxReplyBytes", maxReplyBytes, 1);
        atLeast(wrong, "maxHeldInputBytes", maxHeldInputBytes, 1);
        atLeast(wrong, "maxBulkBytes", maxBulkBytes, 512);
        atLeast(wrong, "maxCommandBytes", maxCommandBytes, 1_024);
        atLeast(wrong, "maxArguments", maxArguments, 16);
        atLeast(wrong, "maxStalled", maxStalled, 1);
        atLeast(wrong, "stalledOutputMillis", stalledOutputMillis, 1);
        atLeast(wrong, "idleMillis", idleMillis, 0);
        atLeast(wrong, "closeMillis", closeMillis, 1);
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException(wrong.toString());
        }
    }

    /** The same with another bound on operations in the engine, and another time to close. */
    public RedisLimits with(int unanswered, long millisToClose) {
        return new RedisLimits(
                maxConnections,
                maxUnansweredPerConnection,
                unanswered,
                maxReplyBytes,
                maxHeldInputBytes,
                maxBulkBytes,
                maxCommandBytes,
                maxArguments,
                maxStalled,
                stalledOutputMillis,
                idleMillis,
                millisToClose);
    }

    private static void atLeast(StringBuilder wrong, String name, long value, long least) {
        if (value < least) {
            wrong.append(name)
                    .append(" is ")
                    .append(value)
                    .append(", must be at least ")
                    .append(least)
                    .append("; ");
        }
    }
}
