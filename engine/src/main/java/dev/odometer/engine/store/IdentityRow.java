package dev.odometer.engine.store;

import dev.odometer.engine.model.IdentityId;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The memory of one identity in one shard: what its retry must match and what it is answered. The store does not look
 * inside.
 *
 * @param id the identity; one row for each id in a shard
 * @param sequence the session's batch number; 0 for idempotency keys and request ids
 * @param fingerprint a hash of the payload
 * @param acceptedMillis when the effect was accepted, in milliseconds since 1970
 * @param retentionMillis how long after that the row must be remembered
 * @param answers the encoded answers, at most {@link #MAX_ANSWER_BYTES}; never changed after construction
 */
@SuppressWarnings("ArrayRecordComponent") // never changed; compared by content below
public record IdentityRow(
        IdentityId id, long sequence, long fingerprint, long acceptedMillis, long retentionMillis, byte[] answers) {
    /** The most bytes of answers that a row may have. */
    public static final int MAX_ANSWER_BYTES = 32 * 1024;

    /** From when on the row may be forgotten, in milliseconds since 1970. */
    public long expiresMillis() {
        return acceptedMillis + retentionMillis;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof IdentityRow row
                && id.equals(row.id)
                && sequence == row.sequence
                && fingerprint == row.fingerprint
                && acceptedMillis == row.acceptedMillis
                && retentionMillis == row.retentionMillis
                && Arrays.equals(answers, row.answers);
    }

    @Override
    public int hashCode() {
        return id.hashCode() * 31 + Long.hashCode(sequence);
    }
}
