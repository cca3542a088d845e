package dev.odometer.simulation;

import dev.odometer.engine.EngineConfig;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * What kind of world a seed makes: how many of everything, how small the engine's bounds, how bad the network.
 * Worlds differ much, so that some are calm with many operations at once and others lose a tenth of all messages.
 *
 * @param times how long things take
 * @param cluster what is particular to whole nodes; null where engines are alone
 * @param commitsInFlight 1: a store behind a network that reorders. More: one that keeps order and always knows the
 *     outcome
 * @param mishapRate how often, at the start of a client's operation, a node crashes or pauses, a shard moves or a
 *     clock jumps
 * @param skewMillis how far the nodes' clocks may be from the true time, either way
 */
record Plan(
        int nodes,
        int shards,
        int counters,
        int clients,
        int requests,
        int commitsInFlight,
        double lossRate,
        double duplicateRate,
        double slowRate,
        double unavailableRate,
        long usualDelayMicros,
        double mishapRate,
        long skewMillis,
        int maxIdentities,
        int maxCachedCounters,
        int maxPendingOperations,
        boolean reacquire,
        Times times,
        @Nullable ClusterPlan cluster) {

    /** How long sessions are remembered; longer than any run. */
    static final long SESSION_IDLE_MILLIS = 7 * 86_400_000L;

    /** A bound of the engine that no run can reach. */
    static final int AMPLE = 100_000;

    private static final long HOUR_MILLIS = 3_600_000;

    /** The world of a seed. */
    static Plan of(SplittableRandom random, WorldKind kind) {
        return kind == WorldKind.CLUSTERS ? ofNodes(random) : ofEngines(random);
    }

    private static Plan ofEngines(SplittableRandom random) {
        boolean ordered = random.nextInt(3) == 0;
        int badness = random.nextInt(4);
        int shards = random.nextInt(1, 4);
        int clients = random.nextInt(2, 7);
        int sessionRows = shards * clients; // they stay: a bound below would never let go
        return new Plan(
                random.nextInt(2, 5),
                shards,
                random.nextInt(3, 9),
                clients,
                random.nextInt(40, 110),
                ordered ? random.nextInt(2, 5) : 1,
                badness * 0.02 * random.nextDouble(),
                badness * 0.05 * random.nextDouble(),
                badness * 0.05 * random.nextDouble(),
                badness * 0.02 * random.nextDouble(),
                random.nextBoolean() ? 1_000 : random.nextLong(500, 30_000),
                random.nextInt(4) * 0.08,
                random.nextBoolean() ? 0 : random.nextLong(1, 20_000),
                random.nextInt(3) == 0 ? sessionRows + random.nextInt(6, 30) : AMPLE,
                random.nextInt(1, 8),
                random.nextInt(4) == 0 ? random.nextInt(6, 12) : AMPLE,
                random.nextBoolean(),
                Times.LONG,
                null);
    }

    private static Plan ofNodes(SplittableRandom random) {
        int badness = random.nextInt(4);
        int nodes = random.nextInt(3, 6);
        int pending = random.nextInt(6) == 0 ? random.nextInt(20, 60) : AMPLE;
        return new Plan(
                nodes,
                random.nextInt(1, 6),
                random.nextInt(3, 8),
                random.nextInt(2, 6),
                random.nextInt(50, 130),
                1,
                badness * 0.02 * random.nextDouble(),
                badness * 0.04 * random.nextDouble(),
                badness * 0.04 * random.nextDouble(),
                badness * 0.02 * random.nextDouble(),
                random.nextBoolean() ? 1_000 : random.nextLong(500, 15_000),
                random.nextInt(1, 5) * 0.06,
                random.nextBoolean() ? 0 : HOUR_MILLIS,
                AMPLE,
                random.nextInt(1, 8),
                pending,
                false,
                Times.SHORT,
                ClusterPlan.of(random, nodes, pending));
    }

    EngineConfig engineConfig(String owner) {
        return new EngineConfig(
                owner,
                times.idempotencyWindowMillis(),
                times.requestIdWindowMillis(),
                SESSION_IDLE_MILLIS,
                maxIdentities,
                maxCachedCounters,
                maxPendingOperations,
                reacquire);
    }

    /** How many counters there are, those of the clients that send rows included. */
    int allCounters() {
        return counters + (cluster == null ? 0 : cluster.rows());
    }

    /** Whether a bound on waiting operations can be reached. */
    boolean mayBeBusy() {
        return maxPendingOperations < AMPLE
                || (cluster != null
                        && (cluster.config().maxWaitingOperations() < AMPLE
                                || cluster.config().maxParkedOperations() < AMPLE));
    }

    boolean ordered() {
        return commitsInFlight > 1;
    }
}
