package dev.odometer.engine;

/** Is told what the engine does, for metrics and logs. Called on the engine's thread; must neither block nor throw. */
public interface EngineListener {
    /** A listener that does nothing. */
    EngineListener NONE = new EngineListener() {};

    /**
     * A shard's commit was answered as committed: how many operations it answered, and how long after its submission.
     */
    default void committed(int shard, int operations, long nanos) {}

    /** A commit was not taken, or is in doubt; the shard goes on trying or is dropped. */
    default void commitFailed(int shard, String reason) {}

    /** The shard was acquired and serves. */
    default void acquired(int shard, long epoch, long counters) {}

    /** The shard was given up in peace, on request. */
    default void released(int shard) {}

    /** The shard was dropped: another owner has it, or the store could not be asked. */
    default void lost(int shard, String reason) {}

    /**
     * The store reported damage, or the engine met a broken invariant: the node must stop now. Nothing more is
     * acknowledged.
     */
    default void fatal(Throwable cause) {}
}
