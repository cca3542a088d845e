package dev.odometer.testkit.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nodes start together, die alone, come back, and leave nothing behind. */
class CassandraClusterIT {
    @Test
    @Timeout(300)
    void nodes_start_die_and_come_back() throws Exception {
        CassandraCluster cluster = CassandraCluster.start(ClusterOptions.in(Path.of("target", "cluster-it")));
        try (cluster) {
            assertThat(cluster.contactPoints()).hasSize(3);
            CassandraNode second = cluster.nodes().get(1);
            second.kill();
            assertThat(second.isAlive()).isFalse();
            assertThat(answers(second)).isFalse();
            cluster.startAll();
            assertThat(answers(second)).isTrue();
        }
        assertThat(cluster.nodes()).noneMatch(CassandraNode::isAlive);
        assertThat(cluster.nodes()).noneMatch(CassandraClusterIT::answers);
    }

    private static boolean answers(CassandraNode node) {
        try (Socket socket =
                new Socket(node.contactPoint().getAddress(), node.contactPoint().getPort())) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
