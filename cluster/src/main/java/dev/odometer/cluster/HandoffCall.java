package dev.odometer.cluster;

import java.util.List;

/**
 * Shards that the caller has given up for the called node.
 *
 * @param leaving whether the caller is stopping and is to own nothing from now on
 */
public record HandoffCall(List<Integer> shards, boolean leaving) {
    /** Asks whether a node is there. */
    public static final HandoffCall PROBE = new HandoffCall(List.of(), false);

    /** Copies the list. */
    public HandoffCall {
        shards = List.copyOf(shards);
    }
}
