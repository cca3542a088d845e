package dev.odometer.testkit.membership;

/** A real coordinator that tests stop and start again, with a data directory that it keeps. Not thread-safe. */
public abstract class CoordinatorServer implements AutoCloseable {
    /** One whose program is known by {@link #process}. */
    CoordinatorServer() {}

    /** Its program. */
    abstract ServerProcess process();

    /** Starts it, on the port that it had before, and waits until it answers. */
    public abstract void start();

    /** Where it can be reached, as its driver wants to hear it. */
    public abstract String address();

    /** Kills it with no warning. */
    public final void kill() {
        process().kill();
    }

    /** Stops the process without ending it (SIGSTOP): connections stay and nothing answers. */
    public final void pause() {
        process().signal("STOP");
    }

    /** Lets it go on. */
    public final void resume() {
        process().signal("CONT");
    }

    /** Kills it. */
    @Override
    public final void close() {
        process().kill();
    }
}
