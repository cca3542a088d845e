package dev.odometer.server;

import org.jspecify.annotations.Nullable;

/** A server could not listen; nothing of it is left running. The message says what to change, fit for an operator. */
public final class StartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Door door;
    private final String text;

    /** What could not be opened. */
    public enum Door {
        /** The HTTP port. */
        HTTP,
        /** The Redis protocol's port. */
        REDIS,
        /** The port for other nodes. */
        CLUSTER
    }

    /** Creates the exception. */
    public StartException(Door door, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.door = door;
        this.text = message;
    }

    /** What could not be opened. */
    public Door door() {
        return door;
    }

    /** The message. */
    public String text() {
        return text;
    }
}
