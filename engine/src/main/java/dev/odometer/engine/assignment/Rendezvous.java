package dev.odometer.engine.assignment;

import dev.odometer.engine.model.KeyHash;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Optional;

/**
 * Rendezvous hashing of shards over nodes: every node computes the same owner from the same names, and a node that
 * joins or leaves moves only its own share. Disagreement while views differ is safe, because the store fences.
 */
public final class Rendezvous {
    private Rendezvous() {}

    /** The name of the node that is to own a shard; empty where there is no node. */
    public static Optional<String> owner(int shard, Collection<String> names) {
        String best = null;
        long most = 0;
        for (String name : names) {
            long weight = weight(shard, name);
            boolean wins = best == null
                    || Long.compareUnsigned(weight, most) > 0
                    || (weight == most && name.compareTo(best) < 0);
            if (wins) {
                best = name;
                most = weight;
            }
        }
        return Optional.ofNullable(best);
    }

    private static long weight(int shard, String name) {
        byte[] bytes = (name + '/' + shard).getBytes(StandardCharsets.UTF_8);
        return KeyHash.hash(bytes, 0, bytes.length);
    }
}
