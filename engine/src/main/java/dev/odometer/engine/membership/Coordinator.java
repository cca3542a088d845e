package dev.odometer.engine.membership;

import java.util.List;

/**
 * What {@link SessionMembership} needs of a coordinator such as ZooKeeper or etcd: a session that lives as long as it
 * is renewed, and entries that live as long as the session that made them.
 *
 * <p>All methods are called on one thread. They may block it, but for a bounded time, well below the session timeout.
 * A method that throws may or may not have taken effect.
 */
public interface Coordinator {
    /** No answer, or none that helps. The session may be alive. To be tried again. */
    final class Unreachable extends MembershipException {
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

    /** The coordinator says that the session does not exist any more. */
    final class SessionGone extends MembershipException {
        private static final long serialVersionUID = 1L;

        /** Creates the exception. */
        public SessionGone(String message) {
            super(message);
        }
    }

    /**
     * An entry.
     *
     * @param name the name of the node
     * @param text what {@link Member#encode} made, or what another version wrote
     * @param ours whether it lives with the current session
     * @param version tells this entry from all others that have had the name
     */
    record Entry(String name, String text, boolean ours, long version) {}

    /**
     * Names the task that is to be run, on any thread and soon, when entries may have come or gone. Called once, before
     * all else. Missing a change is no fault: it is found at the next listing.
     */
    void watch(Runnable changed);

    /**
     * Opens a session in place of the one before, if there was any.
     *
     * @return the timeout that the coordinator granted, in milliseconds
     */
    long open();

    /**
     * Extends the session by its whole timeout, by a request that only the living coordinator can answer.
     *
     * @param nowNanos the time now
     * @return from when on the timeout runs at the earliest: {@code nowNanos}, or an earlier renewal's if the
     *     coordinator needs time to spread it, or {@link Long#MIN_VALUE} if that is not known yet
     * @throws SessionGone if there is nothing to extend
     */
    long renew(long nowNanos);

    /**
     * All entries, as they were at some time after the call began or, where {@link #renew} was called before, after
     * that.
     */
    List<Entry> list();

    /** Makes an entry that lives with the session, in one atomic step, unless the name is there: then {@code false}. */
    boolean create(String name, String text);

    /**
     * Puts an entry of the current session in the place of this one, in one atomic step, so that nobody sees the name
     * absent; {@code false} if that is not there any more, or if the coordinator has no such step.
     */
    boolean replace(Entry entry, String text);

    /** Ends the session, and with it its entries, at once. */
    void end();

    /** Releases connections and threads. Does not throw. Nothing is called after it. */
    void close();
}
