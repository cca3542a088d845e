package dev.odometer.engine;

/**
 * Everything that the engine takes from outside: its thread, time and randomness. With a simulated one, a seed
 * replays any run.
 *
 * <p>All of the engine runs in tasks that this environment executes, one at a time.
 */
public interface EngineEnvironment {
    /**
     * Runs a task after the current one, in the order of submission, on the engine's thread. Callable from any
     * thread.
     */
    void execute(Runnable task);

    /** Runs a task on the engine's thread after at least this many milliseconds. Called on the engine's thread. */
    void schedule(Runnable task, long delayMillis);

    /**
     * Milliseconds since 1970. It may jump; only windows of identities and created times depend on it, safety does
     * not.
     */
    long wallMillis();

    /** Nanoseconds of a clock that never goes back, from an arbitrary start; for durations. */
    long nanos();

    /** 64 random bits. */
    long randomLong();
}
