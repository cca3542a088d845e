package dev.odometer.simulation;

import dev.odometer.engine.ShardStatus;
import dev.odometer.engine.model.Identity;
import dev.odometer.engine.model.KeyHash;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the world knows of its clients' sessions, to check that an answer about sequences names a number that can be
 * right.
 */
final class Sessions {
    /** How far ahead of its session a client jumps that wants to be refused. */
    static final long JUMP = 1_000;

    private final SimulatedWorld world;
    private final Map<String, Progress> sessions = new HashMap<>();

    Sessions(SimulatedWorld world) {
        this.world = world;
    }

    private static final class Progress {
        long settled;
        long delivered;
    }

    /** The last batch of the request's session that its client knows to be done. */
    long settled(Request request) {
        return request.identity instanceof Identity.SessionBatch batch ? progress(batch).settled : 0;
    }

    void settle(Request request) {
        if (request.identity instanceof Identity.SessionBatch batch) {
            Progress progress = progress(batch);
            progress.settled = Math.max(progress.settled, batch.sequence());
        }
    }

    void delivered(Request request) {
        if (request.identity instanceof Identity.SessionBatch batch && batch.sequence() < JUMP) {
            Progress progress = progress(batch);
            progress.delivered = Math.max(progress.delivered, batch.sequence());
        }
    }

    /**
     * What is wrong with an engine's claim that a session's next batch is {@code expected}; null where nothing is.
     * An engine that has lost the session's home shard without knowing it may name an old number.
     */
    @Nullable
    String wrongRefusal(Attempt attempt, long expected) {
        if (!(attempt.request.identity instanceof Identity.SessionBatch batch)) {
            return "a request of no session was called out of sequence";
        }
        if (expected == batch.sequence()) {
            return "a batch was refused although it has the expected number " + expected;
        }
        Progress progress = progress(batch);
        if (expected < 1 || expected > progress.delivered + 1) {
            return "batch " + expected + " is said to be expected; only " + progress.delivered + " were ever sent";
        }
        if (world.plan.cluster() != null) {
            // Whoever answered may be the owner no more, but has asked the store before it calls a number too high.
            return expected < batch.sequence() && expected <= attempt.settledBefore
                    ? "batch " + expected + " is said to be expected; " + attempt.settledBefore + " were already done"
                    : null;
        }
        ShardStatus home = attempt.process.engine.shards().get(home(batch));
        boolean owner = home.serving()
                && home.epoch() == world.storage.head(home.shard()).epoch();
        if (owner && expected <= attempt.settledBefore) {
            return "the owner says that batch " + expected + " is expected; " + attempt.settledBefore
                    + " were already done";
        }
        return null;
    }

    /** The shard that keeps a session's place, as the engine chooses it. */
    int home(Identity.SessionBatch batch) {
        return KeyHash.shard(batch.id().low(), world.plan.shards());
    }

    private Progress progress(Identity.SessionBatch batch) {
        return sessions.computeIfAbsent(batch.session(), session -> new Progress());
    }
}
