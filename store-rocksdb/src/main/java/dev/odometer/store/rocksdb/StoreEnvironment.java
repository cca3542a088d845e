package dev.odometer.store.rocksdb;

import dev.odometer.store.rocksdb.journal.DiskFiles;
import dev.odometer.store.rocksdb.journal.FatalHandler;
import dev.odometer.store.rocksdb.journal.JournalFiles;
import java.security.SecureRandom;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * What the embedded store takes from outside.
 *
 * @param files the file system, for the journal
 * @param threads makes the store's threads
 * @param nanos a clock for durations, in nanoseconds; it never goes back
 * @param random 64 random bits, for the id of a new store
 * @param fatal told when the store can promise nothing more
 */
public record StoreEnvironment(
        JournalFiles files, ThreadFactory threads, LongSupplier nanos, LongSupplier random, FatalHandler fatal) {
    /** The real things, with daemon threads; what is fatal goes to {@code fatal}. */
    public static StoreEnvironment standard(FatalHandler fatal) {
        AtomicInteger count = new AtomicInteger();
        ThreadFactory threads = task -> {
            Thread thread = new Thread(task, "odometer-store-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
        return new StoreEnvironment(new DiskFiles(), threads, System::nanoTime, new SecureRandom()::nextLong, fatal);
    }

    /**
     * Prints the message to the standard error and halts the process with exit status 74 (an input or output error).
     */
    public static FatalHandler halting() {
        return (message, cause) -> {
            System.err.println("odometer: " + message);
            System.err.flush();
            Runtime.getRuntime().halt(74);
        };
    }
}
