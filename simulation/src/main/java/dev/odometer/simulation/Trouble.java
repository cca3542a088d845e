package dev.odometer.simulation;

/** The kinds of trouble that a cluster can be in. */
enum Trouble {
    /** A process is killed, and started again later. */
    CRASH,
    /** A process is stopped for a while, and goes on with its old view of the world. */
    PAUSE,
    /** A wall clock jumps, by up to an hour. */
    CLOCK,
    /** A node that is down joins. */
    JOIN,
    /** A node leaves in peace. */
    DRAIN,
    /** One direction between two nodes is cut. */
    CUT,
    /** A node refuses another's connections, although it is there. */
    REFUSE,
    /** A node cannot reach the others, or they not it, or both. */
    ISOLATE,
    /** A node cannot reach the store. */
    STORE_CUT,
    /** Nobody can reach the store. */
    STORE_DOWN,
    /** A node cannot reach the coordinator. */
    COORDINATOR_CUT,
    /** Nobody can reach the coordinator. */
    COORDINATOR_DOWN,
    /** A node is told of changes late. */
    COORDINATOR_LAGS,
    /** A node is shown old members after newer ones. */
    COORDINATOR_LIES,
    /** The dead are shown as alive. */
    COORDINATOR_KEEPS_DEAD,
    /** The coordinator ends a session that is alive. */
    SESSION_ENDS
}
