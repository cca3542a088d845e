package dev.odometer.server;

import dev.odometer.engine.EngineListener;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs what the engine does, counts it, and ends the process where the engine says so. Runs on the engine's thread
 * alone.
 */
final class EngineEvents implements EngineListener {
    private static final Logger LOG = LoggerFactory.getLogger(OdometerServer.class);

    /** A full disk fails every commit: one line about it in so many seconds will do. */
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final EngineListener meters;
    private final FatalListener fatal;
    private final LongSupplier nanos;

    /** The cluster's, once there is one. */
    private EngineListener cluster = EngineListener.NONE;

    private long failures;
    private long toldNanos;

    EngineEvents(EngineListener meters, FatalListener fatal, LongSupplier nanos) {
        this.meters = meters;
        this.fatal = fatal;
        this.nanos = nanos;
        this.toldNanos = nanos.getAsLong() - QUIET_NANOS;
    }

    /** Tells somebody else, too. Called before the engine does anything. */
    void alsoTell(EngineListener other) {
        cluster = other;
    }

    @Override
    public void committed(int shard, int operations, long took) {
        meters.committed(shard, operations, took);
        if (failures > 0) {
            LOG.info("the store takes commits again; {} were refused or in doubt before", failures);
            failures = 0;
        }
    }

    @Override
    public void commitFailed(int shard, String reason) {
        meters.commitFailed(shard, reason);
        failures++;
        if (nanos.getAsLong() - toldNanos >= QUIET_NANOS) {
            toldNanos = nanos.getAsLong();
            LOG.warn("a commit of shard {} failed, {} in all since the last that did not: {}", shard, failures, reason);
        }
    }

    @Override
    public void acquired(int shard, long epoch, long counters) {
        meters.acquired(shard, epoch, counters);
        cluster.acquired(shard, epoch, counters);
        LOG.debug("acquired shard {} under epoch {} with {} counters", shard, epoch, counters);
    }

    @Override
    public void lost(int shard, String reason) {
        meters.lost(shard, reason);
        cluster.lost(shard, reason);
        LOG.warn("lost shard {}: {}", shard, reason);
    }

    @Override
    public void fatal(Throwable cause) {
        String message = cause.getMessage();
        fatal.fatal(message == null ? "the engine cannot go on: " + cause : message, cause);
    }
}
