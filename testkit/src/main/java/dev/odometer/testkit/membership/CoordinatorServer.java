package dev.odometer.testkit.membership;

/** A real coordinator that tests stop and start again, with a data directory that it keeps. Not thread-safe. */
public interface CoordinatorServer extends AutoCloseable {
    /** Starts it, on the port that it had before, and waits until it answers. */
    void start();

    /** Kills it with no warning. */
    void kill();

    /** Stops the process without ending it (SIGSTOP): connections stay and nothing answers. */
    void pause();

    /** Lets it go on. */
    void resume();

    /** Where it can be reached, as its driver wants to hear it. */
    String address();

    /** Kills it. */
    @Override
    void close();
}
