package dev.odometer.cluster;

/** The bound of what waits here for other owners: operations, and their bytes. Only the engine's thread. */
final class Room {
    private final int maxOperations;
    private final long maxBytes;
    private int operations;
    private long bytes;

    Room(int maxOperations, long maxBytes) {
        this.maxOperations = maxOperations;
        this.maxBytes = maxBytes;
    }

    /** Takes room for operations, if there is any. */
    boolean enter(int moreOperations, long moreBytes) {
        if (operations + moreOperations > maxOperations || bytes + moreBytes > maxBytes) {
            return false;
        }
        operations += moreOperations;
        bytes += moreBytes;
        return true;
    }

    void leave(int fewerOperations, long fewerBytes) {
        operations -= fewerOperations;
        bytes -= fewerBytes;
    }

    int operations() {
        return operations;
    }
}
