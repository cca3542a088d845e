package dev.odometer.engine;

import dev.odometer.engine.model.IdentityId;

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
record Remembering(
        IdentityId id,
        long sequence,
        long fingerprint,
        long retentionMillis,
        long judgeableFromMillis,
        long judgeableUntilMillis) {

    /** Whether the absence of a row says that there was no effect. */
    boolean isJudgeable(long nowMillis) {
        return nowMillis >= judgeableFromMillis && nowMillis < judgeableUntilMillis;
    }
}
