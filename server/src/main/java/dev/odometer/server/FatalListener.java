package dev.odometer.server;

/**
 * Is told when nothing more can be promised: the process should end at once. Called on any thread, maybe more than
 * once.
 */
@FunctionalInterface
public interface FatalListener {
    /** Ends the process, or in a test remembers that it should have ended; the message is fit for an operator. */
    void fatal(String message, Throwable cause);
}
