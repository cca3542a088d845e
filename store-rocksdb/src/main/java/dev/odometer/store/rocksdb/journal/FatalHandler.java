package dev.odometer.store.rocksdb.journal;

/**
 * What happens when the store can no longer promise anything: a failed sync, or damage found while running. In
 * production it prints the message and halts the process at once; the store acknowledges nothing after the call even if
 * it returns. Called from any thread, maybe more than once.
 */
@FunctionalInterface
public interface FatalHandler {
    /** Ends the process, or in a test remembers that it should have ended; the message is fit for an operator. */
    void fatal(String message, Throwable cause);
}
