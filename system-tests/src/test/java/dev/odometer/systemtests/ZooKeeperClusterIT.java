package dev.odometer.systemtests;

import dev.odometer.systemtests.cluster.Coordination;

/** Clusters with ZooKeeper. */
class ZooKeeperClusterIT extends CoordinatedClusterKit {
    @Override
    Coordination coordination() {
        return Coordination.ZOOKEEPER;
    }
}
