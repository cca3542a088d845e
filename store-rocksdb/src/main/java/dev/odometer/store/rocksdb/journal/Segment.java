package dev.odometer.store.rocksdb.journal;

import java.nio.file.Path;

/**
 * A segment that records are written to.
 *
 * @param number its number, from 1
 * @param path its file
 * @param size the bytes of the file
 * @param file open for the committing thread
 */
record Segment(long number, Path path, int size, JournalFile file) {}
