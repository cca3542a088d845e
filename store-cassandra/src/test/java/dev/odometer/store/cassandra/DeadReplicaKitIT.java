package dev.odometer.store.cassandra;

import dev.odometer.testkit.cassandra.CassandraCluster;
import org.junit.jupiter.api.AfterAll;

/**
 * The store's contract, held by three Cassandra nodes of which one is killed in the middle of the tests; and by commits
 * that have so little room that they take the rows of others along, or write all of them.
 */
class DeadReplicaKitIT extends CassandraStoreKitIT {
    private static final int TESTS_BEFORE = 8;

    private static CassandraCluster cluster;
    private static int tests;

    @Override
    CassandraCluster cluster() {
        if (cluster == null) {
            cluster = CassandraCluster.shared();
        }
        if (tests++ == TESTS_BEFORE) {
            cluster.nodes().get(1).kill();
        }
        return cluster;
    }

    @Override
    CassandraStore open(CassandraStoreConfig wanted) {
        return CassandraStore.open(wanted, TestStores.HASTY);
    }

    @AfterAll
    static void startItAgain() {
        cluster.startAll();
        cluster = null;
        tests = 0;
    }
}
