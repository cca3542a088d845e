package dev.odometer.engine;

import dev.odometer.engine.model.IdentityId;

/**
 * How the effect of an operation or batch is to be remembered.
 *
 * @param sequence the session's batch number, or 0
 * @param fingerprint a hash of the whole payload
 */
record Remembering(IdentityId id, long sequence, long fingerprint, long retentionMillis) {}
