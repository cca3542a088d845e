package dev.odometer.systemtests;

import dev.odometer.systemtests.cluster.Cluster;
import dev.odometer.systemtests.cluster.Coordination;
import dev.odometer.systemtests.process.Seed;
import dev.odometer.systemtests.process.Servers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Nodes of a cluster that are killed with SIGKILL under load. */
class ClusterKillIT {
    @RegisterExtension
    final Servers servers = Servers.ofTest();

    @Test
    @Timeout(900)
    void totalsAreExactAfterOneNodeTwoAtOnceAndFiveInARowWereKilled() {
        Cluster cluster = Cluster.ofThree(servers, Coordination.ETCD, "kills", Seed.next("ClusterKillIT"))
                .load();
        cluster.node(2).kill();
        cluster.underWay();
        cluster.node(2).start();
        cluster.underWay();

        cluster.node(1).kill();
        cluster.node(3).kill();
        cluster.underWay();
        cluster.node(1).launch();
        cluster.node(3).start();
        cluster.node(1).awaitServing();
        cluster.underWay();

        for (int kill = 0; kill < 5; kill++) {
            cluster.node(1 + kill % 3).kill();
            cluster.underWay();
            cluster.node(1 + kill % 3).start();
        }
        cluster.underWay().finishExactly();
    }
}
