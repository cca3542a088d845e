package dev.odometer.store.rocksdb.journal;

import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;

/**
 * What the journal takes from outside.
 *
 * @param files the file system
 * @param threads makes its threads: one that prepares segments, and those that sync
 * @param nanos a clock for durations
 * @param fatal told of a failed sync
 */
public record JournalEnvironment(JournalFiles files, ThreadFactory threads, LongSupplier nanos, FatalHandler fatal) {}
