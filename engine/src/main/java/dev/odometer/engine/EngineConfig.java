package dev.odometer.engine;

/**
 * The engine's bounds.
 *
 * @param owner the node's name, stored with the shards that it owns
 * @param idempotencyWindowMillis how long an idempotency key is remembered at least
 * @param requestIdWindowMillis how long a request id is remembered at least
 * @param sessionIdleMillis how long a session is remembered at least after its last batch
 * @param maxIdentities the most identity rows in memory, over all shards; about 250 bytes of heap each. A batch's
 *     row with many answers counts as several: one more for each 32
 * @param maxCachedCounters about how many counters stay in memory: as many as fit into {@value #BYTES_PER_COUNTER}
 *     bytes of heap each, which are those of a key of 48 bytes
 * @param maxPendingOperations the most operations that wait for a commit or a load
 * @param reacquire whether a lost shard is acquired again at once (right where one node serves all shards)
 */
public record EngineConfig(
        String owner,
        long idempotencyWindowMillis,
        long requestIdWindowMillis,
        long sessionIdleMillis,
        int maxIdentities,
        int maxCachedCounters,
        int maxPendingOperations,
        boolean reacquire) {

    /** The heap that is counted for each of {@link #maxCachedCounters}. */
    public static final int BYTES_PER_COUNTER = 200;

    private static final int BYTES_PER_IDENTITY = 250;

    /** How far a client's clock may be ahead: identities that carry a time further in the future are refused. */
    public static final long MAX_CLOCK_SKEW_MILLIS = 5 * 60_000;

    /**
     * The defaults: windows of 1 h, 60 s and 7 days, 500,000 identities, 500,000 cached counters, 262,144 waiting
     * operations.
     */
    public static EngineConfig defaults(String owner) {
        return new EngineConfig(owner, 3_600_000, 60_000, 7 * 86_400_000L, 500_000, 500_000, 262_144, true);
    }

    /** The heap that the counters in memory may take, over all shards. */
    public long cacheBytes() {
        return (long) maxCachedCounters * BYTES_PER_COUNTER;
    }

    /** The same, with identities and cached counters taking at most a quarter each of a heap of so many bytes. */
    public EngineConfig within(long heapBytes) {
        long quarter = heapBytes / 4;
        return new EngineConfig(
                owner,
                idempotencyWindowMillis,
                requestIdWindowMillis,
                sessionIdleMillis,
                (int) Math.min(maxIdentities, Math.max(1, quarter / BYTES_PER_IDENTITY)),
                (int) Math.min(maxCachedCounters, Math.max(1, quarter / BYTES_PER_COUNTER)),
                maxPendingOperations,
                reacquire);
    }

    /** Checks the bounds; reports all that are wrong together. */
    public EngineConfig {
        StringBuilder wrong = new StringBuilder();
        positive(wrong, "idempotencyWindowMillis", idempotencyWindowMillis);
        positive(wrong, "requestIdWindowMillis", requestIdWindowMillis);
        positive(wrong, "sessionIdleMillis", sessionIdleMillis);
        positive(wrong, "maxIdentities", maxIdentities);
        positive(wrong, "maxCachedCounters", maxCachedCounters);
        positive(wrong, "maxPendingOperations", maxPendingOperations);
        if (owner.isEmpty()) {
            wrong.append("owner is empty; ");
        }
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException(wrong.toString());
        }
    }

    private static void positive(StringBuilder wrong, String name, long value) {
        if (value <= 0) {
            wrong.append(name).append(" is ").append(value).append(", must be positive; ");
        }
    }
}
