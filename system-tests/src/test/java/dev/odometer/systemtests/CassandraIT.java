package dev.odometer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.odometer.systemtests.client.HttpWire;
import dev.odometer.systemtests.load.Oracle;
import dev.odometer.systemtests.load.Target;
import dev.odometer.systemtests.load.Workload;
import dev.odometer.systemtests.process.Commands;
import dev.odometer.systemtests.process.Seed;
import dev.odometer.systemtests.process.ServerOptions;
import dev.odometer.systemtests.process.ServerProcess;
import dev.odometer.systemtests.process.Servers;
import dev.odometer.systemtests.process.Waiting;
import dev.odometer.testkit.cassandra.CassandraCluster;
import dev.odometer.testkit.cassandra.CassandraNode;
import dev.odometer.testkit.cassandra.ClusterOptions;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Servers on a real Cassandra of three nodes: killed, replaced, and with a replica killed meanwhile. */
class CassandraIT {
    private static final String DATACENTER = CassandraCluster.LOCAL_DATACENTER;
    private static final int KILLS = 5;

    private static CassandraCluster cluster;

    @RegisterExtension
    final Servers servers = Servers.ofTest();

    @BeforeAll
    static void startCassandra() {
        cluster = CassandraCluster.start(ClusterOptions.in(Path.of("target", "cassandra-it")));
    }

    @AfterAll
    static void stopCassandra() {
        cluster.close();
    }

    private static String contactPoints() {
        return cluster.contactPoints().stream().map(CassandraIT::text).collect(Collectors.joining(","));
    }

    private static String text(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    /** Makes the keyspace, and returns how a server on it is started. */
    private ServerOptions options(String keyspace) {
        makeKeyspace(keyspace);
        return on(contactPoints(), keyspace).onPorts(servers.port(), servers.port());
    }

    /** A server on a keyspace, on any ports. */
    private ServerOptions on(String contactPoints, String keyspace) {
        return ServerOptions.on(servers.folder().resolve("unused"))
                .with("--store", "cassandra", "--cassandra-contact-points", contactPoints)
                .with("--cassandra-keyspace", keyspace);
    }

    private static void makeKeyspace(String keyspace) {
        Commands.Result made = Commands.odometer(
                        "store",
                        "init",
                        "--replication",
                        DATACENTER + ":3",
                        "--cassandra-contact-points",
                        contactPoints(),
                        "--cassandra-keyspace",
                        keyspace)
                .orFail();
        assertThat(made.out())
                .contains("The keyspace " + keyspace + " and its tables are there.")
                .contains("Nothing found that endangers");
    }

    @Test
    @Timeout(300)
    void totalsAreExactAfterKillsOfTheServerAndOfAReplica() throws Exception {
        long seed = Seed.next("CassandraIT");
        Random random = new Random(seed);
        ServerOptions options = options("kills");
        Target target = new Target(options.httpPort(), options.redisPort(), Duration.ofSeconds(12));
        Oracle oracle = new Oracle();
        ServerProcess server = servers.start(options);
        assertThat(server.stdout()).contains("cassandra://").contains("(Cassandra, 16 shards)");
        CassandraNode replica = cluster.nodes().get(random.nextInt(3));
        try (Workload load = Workload.start("cassandra", target, oracle, seed)) {
            for (int kill = 1; kill <= KILLS; kill++) {
                load.awaitAnswers(100 + random.nextInt(300), Duration.ofSeconds(60));
                if (kill == 2) {
                    replica.kill();
                    load.awaitAnswers(200, Duration.ofSeconds(60));
                }
                if (kill == 4) {
                    cluster.start(replica);
                }
                Waiting.pause(random.nextInt(200));
                server.kill9();
                server = servers.start(options);
            }
            load.finish(Duration.ofSeconds(60));
        }
        System.out.println("CassandraIT: " + oracle.answeredCount() + " operations answered, " + oracle.retriedCount()
                + " requests sent again, " + KILLS + " kills");
        oracle.assertNoComplaints();
        oracle.assertTotals(server.httpPort(), server.redisPort());
        server.terminate();
        assertThat(server.exitCode(Duration.ofSeconds(20))).isZero();
        server = servers.start(options);
        oracle.assertTotals(server.httpPort(), server.redisPort());
    }

    @Test
    @Timeout(120)
    void aServerThatIsReplacedEndsAndSaysWhy() throws Exception {
        ServerOptions options = options("replaced");
        ServerProcess first = servers.start(options.with("--node-name", "first"));
        HttpWire http = new HttpWire(first.httpPort());
        assertThat(http.add("orders", 5, "id-1").value()).isEqualTo(5);
        ServerOptions other = options.onPorts(servers.port(), servers.port()).with("--node-name", "second");
        ServerProcess second = servers.start(other);
        // Also where nothing is written to it.
        assertThat(first.exitCode(Duration.ofSeconds(30))).isEqualTo(77);
        assertThat(first.stderr()).contains("another server, 'second', has taken over shard");
        HttpWire replaced = new HttpWire(second.httpPort());
        assertThat(replaced.add("orders", 5, "id-1").replayed()).isTrue();
        assertThat(replaced.add("orders", 1, "id-2").value()).isEqualTo(6);
        assertThat(second.isAlive()).isTrue();
    }

    @Test
    @Timeout(60)
    void aServerWithoutItsKeyspaceOrItsClusterIsRefusedWithTheRemedy() {
        Commands.Result refused = servers.refused(on(contactPoints(), "nowhere"));
        assertThat(refused.exitCode()).isEqualTo(78);
        assertThat(refused.err()).contains("odometer store init");

        Commands.Result unreachable =
                servers.refused(on("127.0.0.1:1", "nowhere").with("--cassandra-timeout", "1s"));
        assertThat(unreachable.exitCode()).isEqualTo(74);
        assertThat(unreachable.err())
                .contains("no Cassandra node can be reached")
                .contains("Check the addresses");
    }

    @Test
    @Timeout(60)
    void theSchemaAndTheCheckArePrinted() {
        Commands.Result printed = Commands.odometer("store", "schema", "--replication", "dc1:3,dc2:3")
                .orFail();
        assertThat(printed.out())
                .contains("CREATE KEYSPACE IF NOT EXISTS odometer")
                .contains("'dc2': 3");

        Commands.Result missing = Commands.odometer("store", "check", "--cassandra-contact-points", contactPoints());
        assertThat(missing.exitCode()).isEqualTo(78);
        assertThat(missing.err()).contains("There is no keyspace odometer");
        Commands.Result embedded = Commands.odometer("store", "check", "--store", "embedded");
        assertThat(embedded.exitCode()).isEqualTo(2);
    }
}
