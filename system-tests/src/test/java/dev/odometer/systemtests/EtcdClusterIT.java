package dev.odometer.systemtests;

import dev.odometer.systemtests.cluster.Coordination;

/** Clusters with etcd. */
class EtcdClusterIT extends CoordinatedClusterKit {
    @Override
    Coordination coordination() {
        return Coordination.ETCD;
    }
}
