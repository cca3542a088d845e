package dev.odometer.engine;

import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.model.Operation;
import java.util.List;

/**
 * How the effect of an operation or batch is to be remembered.
 *
 * @param sequence the session's batch number, or 0
 * @param fingerprint a hash of the whole payload
 * @param retentionMillis how long its row is kept at least
 * @param judgeableFromMillis before this time an identity that carries a time is from too far in the future to be
 *     judged
 * @param judgeableUntilMillis from this time on the row of an identity that carries a time may have been forgotten
 */
public record Remembering(
        IdentityId id,
        long sequence,
        long fingerprint,
        long retentionMillis,
        long judgeableFromMillis,
        long judgeableUntilMillis) {

    /**
     * For batch {@code sequence} of a lane: a session between two nodes for one shard, whose batches are sent one after
     * the other. It has no home but that shard.
     *
     * @param id of the lane; never used by another process
     * @param retentionMillis how long a batch may be resent
     */
    public static Remembering ofLane(IdentityId id, long sequence, List<Operation> operations, long retentionMillis) {
        return new Remembering(
                id, sequence, Fingerprint.of(operations), retentionMillis, Long.MIN_VALUE, Long.MAX_VALUE);
    }

    /** Whether the absence of a row says that there was no effect. */
    boolean isJudgeable(long nowMillis) {
        return nowMillis >= judgeableFromMillis && nowMillis < judgeableUntilMillis;
    }
}
