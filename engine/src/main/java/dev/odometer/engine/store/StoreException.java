package dev.odometer.engine.store;

/** The root of what stores throw. Each message is fit for an operator: what happened, what was kept, what to do. */
public abstract sealed class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StoreException(String message, Throwable cause) {
        super(message, cause);
    }

    StoreException(String message) {
        super(message);
    }

    /**
     * The store is damaged: something that was written cannot be read back. Retrying does not help; the node must
     * stop.
     */
    public static final class Damaged extends StoreException {
        private static final long serialVersionUID = 1L;

        /** Creates the exception. */
        public Damaged(String message, Throwable cause) {
            super(message, cause);
        }

        /** Creates the exception. */
        public Damaged(String message) {
            super(message);
        }
    }

    /**
     * The store was written by a newer version, with another shard count, or is no store of ours. Retrying does not
     * help.
     */
    public static final class Incompatible extends StoreException {
        private static final long serialVersionUID = 1L;

        /** Creates the exception. */
        public Incompatible(String message) {
            super(message);
        }
    }

    /** Another process holds the store; the message says which. May be tried again when that one has ended. */
    public static final class Locked extends StoreException {
        private static final long serialVersionUID = 1L;

        /** Creates the exception. */
        public Locked(String message) {
            super(message);
        }
    }

    /** The store cannot be reached or written now. May be tried again later. */
    public static final class Unreachable extends StoreException {
        private static final long serialVersionUID = 1L;

        /** Creates the exception. */
        public Unreachable(String message, Throwable cause) {
            super(message, cause);
        }

        /** Creates the exception. */
        public Unreachable(String message) {
            super(message);
        }
    }
}
