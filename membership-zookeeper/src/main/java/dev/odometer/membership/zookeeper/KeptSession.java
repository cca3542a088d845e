package dev.odometer.membership.zookeeper;

import java.io.IOException;
import java.util.function.LongSupplier;
import org.apache.curator.utils.ZookeeperFactory;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;

/**
 * Makes handles that take the session of the one before up again. ZooKeeper's client gives its session up by itself
 * when it has heard nothing for four thirds of the timeout, and Curator then makes another handle; but after an
 * outage of the servers the session is still there, and with it the node that the others have seen all the time.
 *
 * <p>A client does not say who gave the session up. If it was the client, that took its four thirds of silence; so what
 * has ended sooner was ended by the servers, and the next handle has a new session. A wrong guess costs one more round.
 *
 * <p>Thread-safe: Curator calls it on its own thread.
 */
final class KeptSession implements ZookeeperFactory {
    private final LongSupplier nanos;

    // All guarded by this.
    private long id;
    private byte[] password = new byte[0];
    private long timeoutMillis;
    private long aliveNanos;

    KeptSession(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** The session of this handle is the one to keep. */
    synchronized void keep(ZooKeeper connected) {
        id = connected.getSessionId();
        password = connected.getSessionPasswd();
        timeoutMillis = connected.getSessionTimeout();
        alive();
    }

    /** Something was heard from the servers. */
    synchronized void alive() {
        aliveNanos = nanos.getAsLong();
    }

    @Override
    public synchronized ZooKeeper newZooKeeper(
            String connectString, int sessionTimeout, Watcher watcher, boolean canBeReadOnly) throws IOException {
        long silentMillis = (nanos.getAsLong() - aliveNanos) / 1_000_000;
        alive();
        if (id != 0 && silentMillis >= timeoutMillis * 4 / 3) {
            return new ZooKeeper(connectString, sessionTimeout, watcher, id, password);
        }
        id = 0;
        return new ZooKeeper(connectString, sessionTimeout, watcher);
    }
}
