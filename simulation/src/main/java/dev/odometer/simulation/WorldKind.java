package dev.odometer.simulation;

/** What a world is made of. */
public enum WorldKind {
    /** Engines on one store; a {@link Director} says which one is to own which shard. For long times. */
    ENGINES,
    /** Whole nodes that see each other by a coordinator and forward to each other. For a few seconds. */
    CLUSTERS
}
