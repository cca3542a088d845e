package dev.odometer.engine;

import dev.odometer.engine.model.Limits;
import dev.odometer.engine.model.Operation;
import java.util.List;

/**
 * The operations of one identified request that belong to one shard: applied and remembered together by its owner.
 * Immutable.
 *
 * @param shard the shard of all the operations' keys
 * @param operations in order; empty where the shard is only to remember a session's number
 * @param remembering how they are recognised when they come again
 */
public record RemotePart(int shard, List<Operation> operations, Remembering remembering) {
    /** Checks the bound. */
    public RemotePart {
        operations = List.copyOf(operations);
        if (operations.size() > Limits.MAX_BATCH_OPERATIONS) {
            throw new IllegalArgumentException(
                    "a part has at most " + Limits.MAX_BATCH_OPERATIONS + " operations, not " + operations.size());
        }
    }

    /** How many answers it gets: one an operation, and one where there is none. */
    public int answers() {
        return Math.max(1, operations.size());
    }
}
