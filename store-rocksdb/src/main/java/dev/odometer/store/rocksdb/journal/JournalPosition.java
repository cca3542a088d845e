package dev.odometer.store.rocksdb.journal;

/**
 * A place between two records of the journal.
 *
 * @param segment the number of the segment file, from 1
 * @param offset the first byte after the last record, or the first place of the segment
 * @param sequence the number of the last record before this place; 0 before the first
 */
public record JournalPosition(long segment, long offset, long sequence) {}
