package dev.odometer.testkit.cassandra;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real Cassandra cluster in processes of its own: nodes on 127.0.0.1, 127.0.0.2 and 127.0.0.3, one token each, with
 * {@code commitlog_sync: batch} and Paxos v2. Its processes end with this one, also when this one is killed.
 * Thread-safe.
 *
 * <p>The processes run on the Java of this one, which must be 17.
 */
public final class CassandraCluster implements AutoCloseable {
    /** The local data centre, as its nodes call it. */
    public static final String LOCAL_DATACENTER = "datacenter1";

    private static final Duration START_LIMIT = Duration.ofMinutes(3);
    private static final Object SHARING = new Object();
    private static @Nullable CassandraCluster shared; // guarded by SHARING

    private final List<CassandraNode> nodes = new ArrayList<>();
    private final Thread hook = new Thread(this::kill, "cassandra-stop");

    private CassandraCluster(ClusterOptions options) throws IOException {
        int nativePort = options.nativePort() == 0 ? freePort(options.nodes()) : options.nativePort();
        int storagePort = freePort(options.nodes());
        for (int i = 0; i < options.nodes(); i++) {
            nodes.add(new CassandraNode(i, options, nativePort, storagePort));
        }
    }

    /** Starts a cluster on empty directories, and returns when each node takes CQL and sees the others. */
    public static CassandraCluster start(ClusterOptions options) {
        CassandraCluster cluster;
        try {
            delete(options.directory());
            cluster = new CassandraCluster(options);
        } catch (IOException e) {
            throw new UncheckedIOException("the cluster could not be prepared in " + options.directory(), e);
        }
        Runtime.getRuntime().addShutdownHook(cluster.hook);
        try {
            for (CassandraNode node : cluster.nodes) {
                node.launch();
            }
            for (CassandraNode node : cluster.nodes) {
                await(node::takesConnections, "CQL on " + node.contactPoint());
            }
            for (CassandraNode node : cluster.nodes) {
                for (CassandraNode other : cluster.nodes) {
                    await(() -> node == other || node.timesSeenUp(other) > 0, "the nodes to see each other");
                }
            }
            return cluster;
        } catch (IOException e) {
            cluster.close();
            throw new UncheckedIOException("the cluster could not be started in " + options.directory(), e);
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    /**
     * The cluster that all tests of this JVM share: three nodes, started at the first call, with data under {@code
     * target/cassandra} of the current directory. Nodes that a test has killed are started again. Never to be closed.
     */
    public static CassandraCluster shared() {
        synchronized (SHARING) {
            CassandraCluster cluster = shared;
            if (cluster == null) {
                cluster = start(ClusterOptions.in(Path.of("target", "cassandra")));
                shared = cluster;
            }
            cluster.startAll();
            return cluster;
        }
    }

    /** The nodes, in the order of their addresses. */
    public List<CassandraNode> nodes() {
        return List.copyOf(nodes);
    }

    /** Where the nodes take CQL. */
    public List<InetSocketAddress> contactPoints() {
        return nodes.stream().map(CassandraNode::contactPoint).toList();
    }

    /** Starts the nodes that do not run, and returns when all take CQL and see each other. */
    public void startAll() {
        start(nodes.stream().filter(node -> !node.isAlive()).toList());
    }

    /** Starts a node that was killed, on the data that it has, and returns when it takes CQL and the others see it. */
    public void start(CassandraNode node) {
        start(List.of(node));
    }

    private void start(List<CassandraNode> dead) {
        List<BooleanSupplier> seen = new ArrayList<>();
        for (CassandraNode node : dead) {
            for (CassandraNode other : nodes) {
                if (other != node && other.isAlive()) {
                    int before = other.timesSeenUp(node);
                    seen.add(() -> other.timesSeenUp(node) > before);
                }
            }
        }
        for (CassandraNode node : dead) {
            try {
                node.launch();
            } catch (IOException e) {
                throw new UncheckedIOException("the node on " + node.contactPoint() + " could not be started", e);
            }
        }
        for (CassandraNode node : dead) {
            await(node::takesConnections, "CQL on " + node.contactPoint());
        }
        seen.forEach(condition -> await(condition, "the nodes to see each other"));
    }

    /** Ends all nodes; their data stays on the disk. Idempotent. */
    @Override
    public void close() {
        kill();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending already, and the hook has nothing left to do.
            hook.interrupt();
        }
    }

    private void kill() {
        nodes.forEach(CassandraNode::kill);
    }

    private static void await(BooleanSupplier condition, String what) {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("waited " + START_LIMIT.toSeconds() + " s in vain for " + what);
            }
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
    }

    /** A port that is free on each node's address now. */
    private static int freePort(int nodes) throws IOException {
        while (true) {
            List<ServerSocket> bound = new ArrayList<>();
            try {
                int port = 0;
                for (int i = 0; i < nodes; i++) {
                    bound.add(new ServerSocket(port, 1, InetAddress.getByName(CassandraNode.address(i))));
                    port = bound.get(0).getLocalPort();
                }
                return port;
            } catch (java.net.BindException e) {
                // Free on one address and taken on another: the next one.
                if (bound.isEmpty()) {
                    throw e;
                }
            } finally {
                for (ServerSocket socket : bound) {
                    socket.close();
                }
            }
        }
    }

    private static void delete(Path directory) throws IOException {
        if (Files.notExists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
