package dev.odometer.engine.membership;

/**
 * What a {@link SessionMembership} takes from outside: two threads, the time, and somebody to warn. The threads are
 * apart because calls of the coordinator block, and listeners are to hear at once that nothing is confirmed any more.
 */
public interface MembershipEnvironment {
    /** Runs the task on the coordinator's thread after at least this many milliseconds, in the order of their times. */
    void coordinate(Runnable task, long delayMillis);

    /** Runs the task on the listeners' thread after at least this many milliseconds, in the order of their times. */
    void tell(Runnable task, long delayMillis);

    /** Nanoseconds of a clock that never goes back, and that goes on while the process is paused. */
    long nanos();

    /** Tells an operator. */
    void warn(String message);

    /**
     * Runs the last task on the coordinator's thread and releases both threads; tasks that have not begun are dropped.
     * Waits for the last task, for at most a few seconds.
     */
    void close(Runnable last);
}
