package dev.odometer.engine.store;

import dev.odometer.engine.model.IdentityId;
import java.util.List;

/**
 * One atomic, conditional write to a shard: takes effect whole, or not at all, and only where the stored head has
 * this epoch and the
 * sequence just before this one. Immutable: an in-doubt commit is resubmitted as the same object.
 *
 * @param shard the shard
 * @param epoch the epoch that must be stored
 * @param sequence the number of this commit; {@code sequence - 1} must be stored
 * @param batchId a fresh random name
 * @param counters how many counters the shard holds after it
 * @param changes counters changed; each key at most once
 * @param forgotten identity rows removed, before {@code identities} are written
 * @param identities identity rows written (replacing a row of the same id)
 */
public record Commit(
        int shard,
        long epoch,
        long sequence,
        BatchId batchId,
        long counters,
        List<CounterChange> changes,
        List<IdentityId> forgotten,
        List<IdentityRow> identities) {}
