package dev.odometer.cluster;

import dev.odometer.engine.model.Identity;
import dev.odometer.engine.model.Operation;
import java.util.List;

/**
 * A session's batch on its way to the owner of its home shard.
 *
 * @param hops how many nodes it has passed, this call included
 * @param shard the session's home
 */
public record SessionCall(int hops, int shard, List<Operation> operations, Identity.SessionBatch identity) {
    /** Copies the list. */
    public SessionCall {
        operations = List.copyOf(operations);
    }
}
