package dev.odometer.engine.model;

/** One operation on one counter. Immutable. A counter that does not exist counts as 0 for an add. */
public sealed interface Operation {
    /** The counter's key. */
    Key key();

    /**
     * Adds {@code delta}; creates the counter where it is absent. A sum outside 64 bits is an overflow and changes
     * nothing.
     */
    record Add(Key key, long delta) implements Operation {}

    /** Sets the value, on a condition; answers with the new or the previous value. */
    record Set(Key key, long value, Condition condition, boolean answersPrevious) implements Operation {
        /** Sets the value whatever the counter was. */
        public Set(Key key, long value) {
            this(key, value, Condition.ALWAYS, false);
        }
    }

    /** Removes the counter. */
    record Delete(Key key) implements Operation {}

    /** Reads the committed value. */
    record Get(Key key) implements Operation {}

    /** When a {@link Set} takes effect. */
    enum Condition {
        /** Always. */
        ALWAYS,
        /** Only where the counter is absent. */
        IF_ABSENT,
        /** Only where the counter exists. */
        IF_PRESENT
    }
}
