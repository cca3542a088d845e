package dev.odometer.systemtests;

import dev.odometer.systemtests.cluster.Cluster;
import dev.odometer.systemtests.cluster.Coordination;
import dev.odometer.systemtests.cluster.Node;
import dev.odometer.systemtests.process.Seed;
import dev.odometer.systemtests.process.Servers;
import dev.odometer.systemtests.process.Waiting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A cluster in whose network single lines are cut under load. */
class ClusterCutIT {
    @RegisterExtension
    final Servers servers = Servers.ofTest();

    @Test
    @Timeout(900)
    void totalsAreExactAfterANodeWasCutFromTheStoreAndFromItsPeersBothWaysAndOneWay() {
        Cluster cluster = Cluster.ofThreeWithLines(servers, Coordination.ETCD, "cuts", Seed.next("ClusterCutIT"))
                .load();
        Node cut = cluster.node(1);
        cut.lines().cutStore();
        lastsFor(cluster);
        cut.lines().heal();
        cluster.awaitSettled().underWay();

        for (Node peer : cluster.nodes()) {
            if (peer != cut) {
                cut.lines().cutPeer(peer);
                peer.lines().cutPeer(cut);
            }
        }
        lastsFor(cluster);
        cluster.nodes().forEach(node -> node.lines().heal());
        cluster.awaitSettled().underWay();

        // One way: its calls arrive and are carried out, and it is not told.
        cut.lines().loseAnswersOf(cluster.node(2));
        lastsFor(cluster);
        cut.lines().heal();
        // The other way: it hears what it asked for, and nobody can ask it.
        cluster.node(2).lines().cutPeer(cut);
        lastsFor(cluster);
        cluster.node(2).lines().heal();
        cluster.awaitSettled().underWay().finishExactly();
    }

    /** Longer than an attempt of one node to reach another, and than a session. */
    private static void lastsFor(Cluster cluster) {
        cluster.underWay();
        Waiting.pause(Cluster.SESSION.toMillis() * 3 / 2);
        cluster.underWay();
    }
}
