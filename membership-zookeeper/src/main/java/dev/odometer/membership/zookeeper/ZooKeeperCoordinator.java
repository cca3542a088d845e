package dev.odometer.membership.zookeeper;

import dev.odometer.engine.membership.Coordinator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.apache.curator.CuratorZookeeperClient;
import org.apache.curator.RetryPolicy;
import org.apache.curator.ensemble.fixed.FixedEnsembleProvider;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/**
 * One ephemeral node for each member, {@code ROOT/NAME}, with the member's text.
 *
 * <p>A session is what the servers say it is. Of Curator this uses the client and not the framework, because the
 * framework gives a session up by a timer of its own; and it keeps to the handle of one session, because the client
 * goes over to another by itself. {@link KeptSession} sees to it that this is the same session again where that is
 * possible. Curator does not retry either; the membership does.
 *
 * <p>A renewal is a transaction that only checks, so that a quorum has to confirm it: a server that was cut off answers
 * reads, and a leader that was deposed answers a sync. A server passes on to its leader which sessions gave a sign of
 * life every half tick, which is at most a quarter of a session timeout; so a renewal counts when one a quarter of the
 * timeout later has shown that the session is still there.
 *
 * <p>Not thread-safe: called on the membership's thread.
 */
final class ZooKeeperCoordinator implements Coordinator {
    private static final RetryPolicy NEVER = (count, elapsed, sleeper) -> false;
    private static final int ANY_VERSION = -1;

    private final ZooKeeperConfig config;
    private final List<ACL> acl;
    private final KeptSession kept;

    /** One for all listings: the session keeps each different one until something changes. */
    private final Watcher watcher = event -> changed();

    private Runnable changed = () -> {};
    private @Nullable CuratorZookeeperClient client;

    /** The session's own; null while there is none. */
    private @Nullable ZooKeeper session;

    private long timeoutMillis;

    /** The renewal that a later one is to confirm; MIN_VALUE if there is none. */
    private long pendingNanos = Long.MIN_VALUE;

    /** What was listed last, and the change of the root's children that it belongs to. */
    private List<Owned> listed = List.of();

    private long listedChange = Long.MIN_VALUE;

    private record Owned(String name, String text, long session, long created) {}

    private interface Call<T> {
        T run(ZooKeeper session) throws KeeperException, InterruptedException;
    }

    ZooKeeperCoordinator(ZooKeeperConfig config, LongSupplier nanos) {
        this.config = config;
        kept = new KeptSession(nanos);
        acl = config.digest() == null ? ZooDefs.Ids.OPEN_ACL_UNSAFE : ZooDefs.Ids.CREATOR_ALL_ACL;
        timeoutMillis = config.sessionTimeoutMillis();
    }

    @Override
    public void watch(Runnable task) {
        changed = task;
    }

    private void changed() {
        changed.run();
    }

    @Override
    public long open() {
        session = null;
        ZooKeeper fresh = connect();
        session = fresh;
        kept.keep(fresh);
        try {
            call(zk -> zk.exists(config.root(), false) != null || makeRoot(zk));
        } catch (SessionGone e) {
            throw new Unreachable("a session of ZooKeeper ended at once", e);
        }
        timeoutMillis = fresh.getSessionTimeout();
        pendingNanos = Long.MIN_VALUE;
        listedChange = Long.MIN_VALUE;
        return timeoutMillis;
    }

    /** Goes on with the client of an earlier attempt, which goes on trying to connect by itself. */
    private ZooKeeper connect() {
        CuratorZookeeperClient connecting = client;
        try {
            if (connecting == null) {
                connecting = new CuratorZookeeperClient(
                        kept,
                        new FixedEnsembleProvider(config.connectString()),
                        config.sessionTimeoutMillis(),
                        Math.max(100, config.sessionTimeoutMillis() / 2),
                        watcher,
                        NEVER,
                        false);
                client = connecting;
                connecting.start();
            }
            if (!connecting.blockUntilConnectedOrTimedOut()) {
                throw new Unreachable("ZooKeeper at " + config.connectString() + " gives no session");
            }
            ZooKeeper connected = connecting.getZooKeeper();
            String digest = config.digest();
            if (digest != null) {
                connected.addAuthInfo("digest", digest.getBytes(StandardCharsets.UTF_8));
            }
            return connected;
        } catch (InterruptedException e) {
            throw interrupted(e);
        } catch (Unreachable e) {
            throw e;
        } catch (Exception e) {
            close();
            throw new Unreachable(
                    "cannot connect to ZooKeeper at " + config.connectString() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public long renew(long nowNanos) {
        call(zk -> {
            try {
                zk.multi(List.of(Op.check(config.root(), ANY_VERSION)));
                return true;
            } catch (KeeperException.NoNodeException e) {
                // Somebody removed the root. The leader knew the session all the same.
                return makeRoot(zk);
            }
        });
        long confirmed = Long.MIN_VALUE;
        if (pendingNanos == Long.MIN_VALUE) {
            pendingNanos = nowNanos;
        } else if ((nowNanos - pendingNanos) / 1_000_000 >= timeoutMillis / 4) {
            confirmed = pendingNanos;
            pendingNanos = nowNanos;
        }
        return confirmed;
    }

    /** Makes the root and what is above it. Members that do so at the same time do not disturb each other. */
    private boolean makeRoot(ZooKeeper zk) throws KeeperException, InterruptedException {
        for (int end = config.root().indexOf('/', 1); ; end = config.root().indexOf('/', end + 1)) {
            String path = end < 0 ? config.root() : config.root().substring(0, end);
            try {
                zk.create(path, new byte[0], acl, CreateMode.PERSISTENT);
            } catch (KeeperException.NodeExistsException e) {
                // It was there, or another member was quicker.
            }
            if (end < 0) {
                return true;
            }
        }
    }

    @Override
    public List<Entry> list() {
        Stat root = new Stat();
        List<String> names = call(zk -> zk.getChildren(config.root(), watcher, root));
        // A node's text never changes, so that nothing has changed while none has come or gone.
        if (root.getPzxid() != listedChange) {
            List<Owned> read = new ArrayList<>();
            for (String name : names) {
                call(zk -> read(zk, name)).ifPresent(read::add);
            }
            listed = read;
            listedChange = root.getPzxid();
        }
        ZooKeeper mine = session;
        long ours = mine == null ? 0 : mine.getSessionId();
        return listed.stream()
                .map(o -> new Entry(o.name, o.text, o.session == ours, o.created))
                .toList();
    }

    private Optional<Owned> read(ZooKeeper zk, String name) throws KeeperException, InterruptedException {
        Stat stat = new Stat();
        try {
            byte[] text = zk.getData(path(name), false, stat);
            String read = text == null ? "" : new String(text, StandardCharsets.UTF_8);
            return Optional.of(new Owned(name, read, stat.getEphemeralOwner(), stat.getCzxid()));
        } catch (KeeperException.NoNodeException e) {
            return Optional.empty();
        }
    }

    @Override
    public boolean create(String name, String text) {
        return call(zk -> {
            try {
                zk.create(path(name), text.getBytes(StandardCharsets.UTF_8), acl, CreateMode.EPHEMERAL);
                return true;
            } catch (KeeperException.NodeExistsException e) {
                return false;
            }
        });
    }

    /**
     * Never: no condition tells a node from its successor of the same name. What a session left goes with that session,
     * and until then nobody sees the name absent anyway.
     */
    @Override
    public boolean replace(Entry entry, String text) {
        return false;
    }

    /** Closing the session removes its nodes. Closing does not say whether it got through, so that is asked before. */
    @Override
    public void end() {
        try {
            call(zk -> zk.multi(List.of(Op.check(config.root(), ANY_VERSION))));
        } catch (SessionGone e) {
            // It had ended before.
        } finally {
            close();
        }
    }

    @Override
    public void close() {
        session = null;
        CuratorZookeeperClient old = client;
        client = null;
        if (old != null) {
            old.close();
        }
    }

    private String path(String name) {
        return config.root() + "/" + name;
    }

    private <T> T call(Call<T> call) {
        ZooKeeper zk = session;
        if (zk == null) {
            throw new Unreachable("no session of ZooKeeper at " + config.connectString());
        }
        try {
            T answer = call.run(zk);
            kept.alive();
            return answer;
        } catch (KeeperException.SessionExpiredException e) {
            throw new SessionGone(
                    "ZooKeeper, or its client, has ended session 0x" + Long.toHexString(zk.getSessionId()));
        } catch (KeeperException.AuthFailedException | KeeperException.NoAuthException e) {
            throw new Unreachable("ZooKeeper does not let this user use " + config.root() + ": " + e.getMessage(), e);
        } catch (KeeperException e) {
            throw new Unreachable("ZooKeeper at " + config.connectString() + " does not answer: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static Unreachable interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new Unreachable("interrupted", e);
    }
}
