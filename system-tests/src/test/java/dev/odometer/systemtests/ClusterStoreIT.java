package dev.odometer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.odometer.systemtests.client.HttpWire;
import dev.odometer.systemtests.client.RedisWire;
import dev.odometer.systemtests.cluster.Cluster;
import dev.odometer.systemtests.cluster.Coordination;
import dev.odometer.systemtests.cluster.Node;
import dev.odometer.systemtests.load.Oracle;
import dev.odometer.systemtests.process.Seed;
import dev.odometer.systemtests.process.Servers;
import dev.odometer.testkit.cassandra.CassandraNode;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A cluster whose Cassandra loses replicas under load. */
class ClusterStoreIT {
    /** Twice of what a node is given as its heap, and more than what it takes beside it. */
    private static final long MOST_MEMORY = 600L << 20;

    @RegisterExtension
    final Servers servers = Servers.ofTest();

    @Test
    @Timeout(900)
    void totalsAreExactAfterAReplicaWasKilledAndAQuorumWasLost() throws IOException {
        Cluster cluster = Cluster.ofThree(servers, Coordination.ETCD, "replicas", Seed.next("ClusterStoreIT"))
                .load();
        List<Long> processes = processes(cluster);
        CassandraNode dead = cluster.cassandra().nodes().get(0);
        CassandraNode hung = cluster.cassandra().nodes().get(1);
        dead.kill();
        cluster.underWay();

        hung.pause();
        for (Node node : cluster.nodes()) {
            assertRefusesWrites(node, cluster.oracle());
        }
        for (Node node : cluster.nodes()) {
            assertThat(node.process().residentBytes()).as("memory of %s", node).isLessThan(MOST_MEMORY);
        }
        hung.resume();
        cluster.underWay();
        cluster.cassandra().start(dead);
        cluster.awaitSettled().underWay();
        assertThat(processes(cluster)).as("nobody had to be restarted").isEqualTo(processes);
        cluster.finishExactly();
    }

    private static List<Long> processes(Cluster cluster) {
        return cluster.nodes().stream().map(node -> node.process().pid()).toList();
    }

    /** Nothing is acknowledged that cannot be committed, and nobody waits for ever. */
    private static void assertRefusesWrites(Node node, Oracle oracle) throws IOException {
        oracle.unanswered("refused", 2);
        HttpWire.Answer answer = node.http().add("refused", 1, "refused-" + node);
        assertThat(answer.status()).as("%s", answer).isEqualTo(503);
        try (RedisWire redis = node.redis()) {
            assertThat(redis.call("ODOMETER.ADD", "refused", "1", "ID", "refused-too-" + node))
                    .isInstanceOfSatisfying(
                            RedisWire.Failure.class,
                            failure -> assertThat(failure.text()).startsWith("TRYAGAIN"));
        }
    }
}
