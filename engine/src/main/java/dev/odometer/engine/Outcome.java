package dev.odometer.engine;

/** What became of one operation. Everything but {@link #UNKNOWN} is definite. */
public enum Outcome {
    /**
     * Done and committed (for a read: found). The answer's value is the counter's value, or the previous one where
     * that was asked.
     */
    VALUE,
    /** Done: the counter existed and is removed. The answer's value is the last one. */
    DELETED,
    /**
     * The counter is absent: nothing to read, to delete, or no previous value. For a conditional set see {@link
     * #NOT_APPLIED}.
     */
    ABSENT,
    /** A conditional set whose condition did not hold; nothing changed. */
    NOT_APPLIED,
    /** The sum would leave 64 bits; nothing changed. */
    OVERFLOW,
    /** The identity was used before with another payload; nothing changed. */
    CONFLICT,
    /** The identity is too old (or too far in the future) to judge; nothing changed. */
    EXPIRED,
    /** The session's next batch has another number; the answer's value is the expected one; nothing changed. */
    OUT_OF_SEQUENCE,
    /** The memory for identities is full; nothing changed; try again when older ones have expired. */
    WINDOW_FULL,
    /** Too many operations wait already; nothing changed; try again soon. */
    BUSY,
    /** The store cannot take writes now, or this node does not own the shard; nothing changed; try again. */
    UNAVAILABLE,
    /** The node is stopping; nothing changed; try another node or later. */
    STOPPING,
    /**
     * The shard was lost with this commit in doubt: the operation may have taken effect. With an identity a retry
     * settles it.
     */
    UNKNOWN;

    /**
     * Whether the operation was decided by the counter's state, so that the answer is remembered under its identity.
     */
    public boolean isDecided() {
        return switch (this) {
            case VALUE, DELETED, ABSENT, NOT_APPLIED, OVERFLOW -> true;
            default -> false;
        };
    }
}
