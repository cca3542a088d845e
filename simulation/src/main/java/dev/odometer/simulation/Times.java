package dev.odometer.simulation;

/**
 * How long things take or last in a world.
 *
 * @param idempotencyWindowMillis how long idempotency keys are remembered
 * @param requestIdWindowMillis how long request ids are remembered
 * @param maxPauseMillis no process is paused for longer, once all is calm
 * @param maxDelayMicros no message takes longer
 * @param storeTimeoutMicros how long a node waits for an answer of the store
 * @param maxGapMicros the longest usual gap between two requests of a client
 * @param maxBackoffMicros the longest pause of a client before it tries again
 * @param maxCalmMicros when all is calm, everything must be answered within so much virtual time
 */
record Times(
        long idempotencyWindowMillis,
        long requestIdWindowMillis,
        long maxPauseMillis,
        long maxDelayMicros,
        long storeTimeoutMicros,
        long maxGapMicros,
        long maxBackoffMicros,
        long maxCalmMicros) {

    /** For engines alone: long enough for windows to end. */
    static final Times LONG = new Times(
            20 * 60_000, 4 * 60_000, 30_000, 8_000_000, 2_000_000, 40_000, 120_000_000, 2L * 3_600 * 1_000_000);

    /** For clusters, whose nodes are always busy: a few seconds; windows outlast clocks that are an hour wrong. */
    static final Times SHORT =
            new Times(4 * 3_600_000L, 4 * 3_600_000L, 1, 1_500_000, 400_000, 120_000, 1_000_000, 60_000_000);
}
