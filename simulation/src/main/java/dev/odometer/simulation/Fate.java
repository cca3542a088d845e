package dev.odometer.simulation;

/** What happens to the nodes of a world: trouble, until all is calm. */
interface Fate {
    /** The node that a client sends to for this shard; it may be down. */
    SimulatedNode route(int shard);

    /** Lets something go wrong, now and then. */
    void mayInterfere();

    /** Ends all trouble. */
    void calm();

    /** Whether all that trouble has disturbed is mended, so that nothing needs to be waited for any more. */
    boolean isSettled();

    /** Why the world is not settled, for the report of a failure. */
    String unsettled();
}
