package dev.odometer.cluster;

import dev.odometer.engine.RemotePart;
import dev.odometer.engine.model.Key;
import java.util.List;

/**
 * Parts and reads of shards that one node owns. Its units are the parts and then the reads, numbered from 0.
 *
 * @param hops how many nodes the operations have passed, this call included
 */
public record ApplyCall(int hops, List<RemotePart> parts, List<Reads> reads) {
    /** Copies the lists. */
    public ApplyCall {
        parts = List.copyOf(parts);
        reads = List.copyOf(reads);
    }

    /** How many units it has. */
    public int units() {
        return parts.size() + reads.size();
    }

    /**
     * Reads of one shard.
     *
     * @param linearizable whether the owner asks the store first whether it still is the owner
     */
    public record Reads(int shard, boolean linearizable, List<Key> keys) {
        /** Copies the list. */
        public Reads {
            keys = List.copyOf(keys);
        }
    }
}
