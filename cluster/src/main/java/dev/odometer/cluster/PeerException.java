package dev.odometer.cluster;

import org.jspecify.annotations.Nullable;

/** Why a call to another node has no answer, and what may be concluded from it. */
public final class PeerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What may be concluded. */
    public enum Kind {
        /** Nobody listens at the node's address: its process is gone. Nothing was applied. */
        NOBODY_THERE,
        /** The call did not reach the node. Nothing was applied. */
        NOT_SENT,
        /** The node refused the call as a whole, for example as one of a stranger. Nothing was applied. */
        REFUSED,
        /** There was no answer. It may have been applied. */
        NO_ANSWER
    }

    private final Kind kind;

    /** Creates the exception. */
    public PeerException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause, false, false);
        this.kind = kind;
    }

    /** What may be concluded. */
    public Kind kind() {
        return kind;
    }

    /** Whether the call had certainly no effect. */
    public boolean hadNoEffect() {
        return kind != Kind.NO_ANSWER;
    }
}
