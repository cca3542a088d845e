package dev.odometer.cluster;

/**
 * The bounds of what nodes do for each other.
 *
 * @param deadlineMillis how long an operation is carried to owners before it is given up; below the doors' own
 *     timeout
 * @param attemptMillis how long one call to a peer may take before its operations are sent again
 * @param maxPauseMillis the longest pause between two attempts; the first one is a twentieth of it
 * @param maxWaitingOperations the most operations that wait for other owners; beyond it they are refused as BUSY
 * @param maxWaitingBytes the most bytes of them
 * @param maxBatchBytes the most bytes of one lane's batch
 * @param maxCallBytes about the most bytes of one call
 * @param maxCallsPerPeer the most calls to one peer at a time
 * @param maxParkedOperations the most operations of peers that wait until this node serves their shard
 * @param parkMillis how long they wait; below {@code attemptMillis}
 * @param handoffMillis how long the next owner of a shard waits for a living one to hand it over
 * @param tickMillis how often it is looked whether all shards are where they belong, and whether peers are there
 * @param laneRetentionMillis how long the answers to a lane's last batch are remembered by the shard: longer than any
 *     two nodes' clocks may be apart
 */
public record ClusterConfig(
        long deadlineMillis,
        long attemptMillis,
        long maxPauseMillis,
        int maxWaitingOperations,
        long maxWaitingBytes,
        int maxBatchBytes,
        int maxCallBytes,
        int maxCallsPerPeer,
        int maxParkedOperations,
        long parkMillis,
        long handoffMillis,
        long tickMillis,
        long laneRetentionMillis) {

    /** The longest message between nodes, in bytes: a call and one more part, with room to spare. */
    public static final int MAX_MESSAGE_BYTES = 4 << 20;

    /** How many nodes an operation may pass on its way to the owner; only a session's batch passes two. */
    public static final int MAX_HOPS = 2;

    /**
     * The defaults: 8 s to carry an operation, attempts of 2 s, pauses of 5 to 100 ms; 131,072 operations and 64 MiB
     * waiting; batches of 256 KiB, calls of 512 KiB, 64 calls a peer; 65,536 operations of peers parked for 1 s; 2 s
     * for a handoff; a tick of 250 ms; 6 h of retention.
     */
    public static ClusterConfig defaults() {
        return new ClusterConfig(
                8_000,
                2_000,
                100,
                131_072,
                64L << 20,
                256 << 10,
                512 << 10,
                64,
                65_536,
                1_000,
                2_000,
                250,
                6 * 3_600_000L);
    }

    /** Checks the bounds; reports all that are wrong together. */
    public ClusterConfig {
        StringBuilder wrong = new StringBuilder();
        positive(wrong, "deadlineMillis", deadlineMillis);
        positive(wrong, "attemptMillis", attemptMillis);
        positive(wrong, "maxPauseMillis", maxPauseMillis);
        positive(wrong, "maxWaitingOperations", maxWaitingOperations);
        positive(wrong, "maxWaitingBytes", maxWaitingBytes);
        positive(wrong, "maxBatchBytes", maxBatchBytes);
        positive(wrong, "maxCallBytes", maxCallBytes);
        positive(wrong, "maxCallsPerPeer", maxCallsPerPeer);
        positive(wrong, "maxParkedOperations", maxParkedOperations);
        positive(wrong, "parkMillis", parkMillis);
        positive(wrong, "handoffMillis", handoffMillis);
        positive(wrong, "tickMillis", tickMillis);
        positive(wrong, "laneRetentionMillis", laneRetentionMillis);
        if (maxCallBytes + maxBatchBytes > MAX_MESSAGE_BYTES / 2) {
            wrong.append("maxCallBytes and maxBatchBytes are more than half of a message; ");
        }
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException("the cluster's configuration cannot be used: " + wrong);
        }
    }

    private static void positive(StringBuilder wrong, String name, long value) {
        if (value <= 0) {
            wrong.append(name).append(" is ").append(value).append(", must be positive; ");
        }
    }
}
