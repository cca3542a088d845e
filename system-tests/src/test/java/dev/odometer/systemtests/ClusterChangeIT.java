package dev.odometer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.odometer.systemtests.cluster.Cluster;
import dev.odometer.systemtests.cluster.ClusterView;
import dev.odometer.systemtests.cluster.Coordination;
import dev.odometer.systemtests.cluster.Node;
import dev.odometer.systemtests.process.Seed;
import dev.odometer.systemtests.process.Servers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A cluster that is changed on purpose under load. */
class ClusterChangeIT {
    @RegisterExtension
    final Servers servers = Servers.ofTest();

    @Test
    @Timeout(900)
    void noRequestFailsWhileANodeJoinsAndWhileAllAreRestartedOneByOne() {
        Cluster cluster = Cluster.ofThree(servers, Coordination.ETCD, "change", Seed.next("ClusterChangeIT"))
                .failoverLoad();
        ClusterView before = cluster.node(1).view();
        Node fourth = cluster.add().start();
        cluster.awaitSettled().underWay();
        ClusterView after = cluster.node(1).view();
        assertThat(after.shardsOf(fourth)).as("the share of the fourth").isNotEmpty();
        before.owners().forEach((shard, owner) -> {
            if (!after.shardsOf(fourth).contains(shard)) {
                assertThat(after.owners().get(shard)).as("owner of %d", shard).isEqualTo(owner);
            }
        });
        fourth.stop();

        for (int number = 1; number <= 3; number++) {
            Node node = cluster.node(number);
            node.stop();
            cluster.underWay();
            node.start().awaitReady();
            cluster.underWay();
        }
        cluster.awaitSettled().finishExactly();
    }
}
