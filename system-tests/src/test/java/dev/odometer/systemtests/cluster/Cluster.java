package dev.odometer.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.odometer.engine.model.Key;
import dev.odometer.systemtests.load.Oracle;
import dev.odometer.systemtests.load.Target;
import dev.odometer.systemtests.load.Workload;
import dev.odometer.systemtests.process.Commands;
import dev.odometer.systemtests.process.ServerOptions;
import dev.odometer.systemtests.process.Servers;
import dev.odometer.testkit.cassandra.CassandraCluster;
import dev.odometer.testkit.cassandra.CassandraNode;
import dev.odometer.testkit.membership.CoordinatorServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Three nodes or more in a keyspace of their own on the Cassandra that all tests share, with a coordinator of their
 * own, and the load on them. All of it but Cassandra ends with the test. Used by one thread.
 */
public final class Cluster {
    /** How long anything may take on a slow machine before it counts as never. */
    public static final Duration LIMIT = Duration.ofSeconds(120);

    /** How long a silent node's session lasts: short, so that tests need not wait long for its end. */
    public static final Duration SESSION = Duration.ofSeconds(4);

    private static final int SHARDS = 16;
    private static final int MOST_ATTEMPTS = 3;
    private static final String JAVA = "-Xmx192m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -ea:dev.odometer...";

    private final Servers servers;
    private final Coordination coordination;
    private final CassandraCluster cassandra;
    private final CoordinatorServer coordinator;
    private final String keyspace;
    private final long seed;
    private final List<Node> nodes = new ArrayList<>();
    private final Oracle oracle = new Oracle();
    private final List<Workload> loads = new ArrayList<>();
    private int runs;

    private Cluster(Servers servers, Coordination coordination, String keyspace, long seed) {
        this.servers = servers;
        this.coordination = coordination;
        this.keyspace = keyspace + "_" + coordination.name().toLowerCase(Locale.ROOT);
        this.seed = seed;
        cassandra = CassandraCluster.shared();
        servers.afterwards(cassandra::startAll);
        coordinator = coordination.server(newFolder(servers, "coordinator"));
        servers.afterwards(coordinator::close);
        servers.afterwards(() -> loads.forEach(Workload::close));
    }

    private static Path newFolder(Servers servers, String name) {
        try {
            return Files.createDirectory(servers.folder().resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Three nodes that serve. */
    public static Cluster ofThree(Servers servers, Coordination coordination, String keyspace, long seed) {
        Cluster cluster = empty(servers, coordination, keyspace, seed);
        for (int i = 0; i < 3; i++) {
            cluster.add();
        }
        return cluster.start();
    }

    /** Three nodes that serve, each with lines of its own to all that it calls. */
    public static Cluster ofThreeWithLines(Servers servers, Coordination coordination, String keyspace, long seed) {
        Cluster cluster = empty(servers, coordination, keyspace, seed);
        int[] ports = {servers.port(), servers.port(), servers.port()};
        for (int i = 0; i < ports.length; i++) {
            Lines lines = new Lines(
                    i + 1,
                    servers.folder(),
                    cluster.cassandra.contactPoints(),
                    coordination.listensOn(cluster.coordinator));
            servers.afterwards(lines::close);
            for (int peer = 0; peer < ports.length; peer++) {
                if (peer != i) {
                    lines.toPeer(peer, name(peer), ports[peer]);
                }
            }
            ServerOptions options = cluster.options(
                            name(i), ports[i], lines.coordinatorAddress(), lines.contactPoints())
                    .with("--advertise", Lines.hostName(name(i)))
                    .with("--cassandra-driver-config", lines.driverConfig().toString())
                    .withJavaOptions(JAVA + " " + lines.javaOptions());
            cluster.nodes.add(new Node(name(i), servers, options, lines));
        }
        return cluster.start();
    }

    /** A keyspace and a coordinator, and no node yet. */
    public static Cluster empty(Servers servers, Coordination coordination, String keyspace, long seed) {
        Cluster cluster = new Cluster(servers, coordination, keyspace, seed);
        cluster.coordinator.start();
        cluster.makeKeyspace();
        return cluster;
    }

    private void makeKeyspace() {
        for (int attempt = 1; ; attempt++) {
            Commands.Result made = Commands.odometer(
                    "store",
                    "init",
                    "--replication",
                    CassandraCluster.LOCAL_DATACENTER + ":3",
                    "--cassandra-contact-points",
                    contactPoints(),
                    "--cassandra-keyspace",
                    keyspace);
            if (made.exitCode() == 0 || attempt == MOST_ATTEMPTS) {
                made.orFail();
                return;
            }
            // On a machine that is too busy a replica may miss the word of a new table; it asks for it when it starts.
            System.out.println("Cassandra is started again: " + made.err());
            cassandra.nodes().forEach(CassandraNode::kill);
            cassandra.startAll();
        }
    }

    private static String name(int number) {
        return "n" + (number + 1);
    }

    /** Starts all nodes, and waits until they serve. */
    public Cluster start() {
        nodes.forEach(Node::launch);
        nodes.forEach(Node::awaitServing);
        awaitSettled();
        return this;
    }

    /** One more node, not yet started. */
    public Node add() {
        return add(options -> options);
    }

    /** One more node, not yet started, with something special about it. */
    public Node add(UnaryOperator<ServerOptions> special) {
        Node node = node(name(nodes.size()), special);
        nodes.add(node);
        return node;
    }

    /** A node of this name that is not counted among those of the cluster. */
    public Node another(String name) {
        return node(name, options -> options);
    }

    private Node node(String name, UnaryOperator<ServerOptions> special) {
        ServerOptions options = options(name, servers.port(), coordination.listensOn(coordinator), contactPoints());
        return new Node(name, servers, special.apply(options), null);
    }

    private ServerOptions options(String name, int clusterPort, InetSocketAddress coordinatorAt, String contacts) {
        return ServerOptions.on(servers.folder().resolve("unused"))
                .withJavaOptions(JAVA)
                .onPorts(servers.port(), servers.port())
                .with("--store", "cassandra", "--cassandra-keyspace", keyspace, "--cassandra-contact-points", contacts)
                .with("--shards", String.valueOf(SHARDS), "--node-name", name)
                .with("--cluster-port", String.valueOf(clusterPort), "--session-timeout", SESSION.toSeconds() + "s")
                .with(coordination.flags(coordinatorAt).toArray(String[]::new));
    }

    private String contactPoints() {
        return cassandra.contactPoints().stream().map(Coordination::text).collect(Collectors.joining(","));
    }

    /** The nodes, dead ones included. */
    public List<Node> nodes() {
        return List.copyOf(nodes);
    }

    /** A node by its number, from 1 on. */
    public Node node(int number) {
        return nodes.get(number - 1);
    }

    /** The nodes whose processes live. */
    public List<Node> live() {
        return nodes.stream().filter(Node::isAlive).toList();
    }

    /** The Cassandra below. */
    public CassandraCluster cassandra() {
        return cassandra;
    }

    /** The coordinator. */
    public CoordinatorServer coordinator() {
        return coordinator;
    }

    /** What the load knows. */
    public Oracle oracle() {
        return oracle;
    }

    /** Some counter whose shard belongs to a node now. */
    public String counterOf(Node owner, String prefix) {
        ClusterView view = owner.view();
        for (int i = 0; ; i++) {
            String key = prefix + "/" + i;
            if (owner.name().equals(view.owners().get(Key.of(key).shard(SHARDS)))) {
                return key;
            }
        }
    }

    /** Waits until each living node is ready and sees the living ones own everything. */
    public Cluster awaitSettled() {
        List<Node> live = live();
        live.forEach(Node::awaitReady);
        live.forEach(node -> node.awaitView(
                "to be served by " + live,
                view -> view.isServedBy(live) && view.membership().equals("joined")));
        return this;
    }

    // --- load

    /** Begins to count through every node, by clients of every kind. */
    public Cluster load() {
        for (Node node : nodes) {
            loads.add(Workload.startGently(nextRun(), node.target(), oracle, seed + runs));
        }
        return underWay();
    }

    /** Begins to count by clients that go to another node where one is away. */
    public Cluster failoverLoad() {
        List<Target> targets = nodes.stream().map(Node::target).toList();
        loads.add(Workload.startFailover(nextRun(), targets, oracle, seed + runs));
        return underWay();
    }

    private String nextRun() {
        return keyspace + "-" + ++runs;
    }

    /** Waits until the load has had some more answers, whoever gave them. */
    public Cluster underWay() {
        loads.get(0).awaitAnswers(200, LIMIT);
        return this;
    }

    /** Lets all clients settle what they have begun. */
    public Cluster finish() {
        loads.forEach(load -> load.finish(LIMIT));
        loads.forEach(Workload::close);
        loads.clear();
        return this;
    }

    /** Ends the load, and demands the exact totals of every node. */
    public void finishExactly() {
        finish();
        System.out.println(keyspace + ": " + oracle.answeredCount() + " operations answered, " + oracle.retriedCount()
                + " requests sent again");
        assertExact();
    }

    /** Demands the exact totals of every living node. To be called without load. */
    public void assertExact() {
        oracle.assertNoComplaints();
        assertThat(live()).isNotEmpty();
        for (Node node : live()) {
            try {
                oracle.assertTotals(node.options().httpPort(), node.options().redisPort());
            } catch (IOException e) {
                throw new AssertionError(node + " does not tell its totals", e);
            }
        }
    }
}
