package dev.odometer.engine.store.record;

/**
 * The bounds of one shard's backlog: of the commits that are in the store as records alone.
 *
 * @param slots the most records; the ring of a shard has so many
 * @param recordBytes about the most bytes of records, and so what a takeover reads
 * @param memoryBytes about the most memory that their rows take
 */
public record BacklogLimits(int slots, long recordBytes, long memoryBytes) {
    /** Checks the bounds. */
    public BacklogLimits {
        if (slots < 2 || recordBytes < 1 || memoryBytes < 1) {
            throw new IllegalArgumentException("a backlog needs room: " + slots + " records, " + recordBytes
                    + " bytes of records, " + memoryBytes + " bytes of memory");
        }
    }
}
