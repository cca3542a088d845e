package dev.odometer.engine.store;

/** The random name of one commit, by which its owner recognises it in a head after an unknown outcome. 128 bits. */
public record BatchId(long high, long low) {
    /** The id in a head that no commit has written yet. */
    public static final BatchId NONE = new BatchId(0, 0);
}
