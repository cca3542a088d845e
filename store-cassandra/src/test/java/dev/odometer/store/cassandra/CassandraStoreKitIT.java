package dev.odometer.store.cassandra;

import dev.odometer.engine.store.Store;
import dev.odometer.testkit.StoreCompatibilityKit;
import dev.odometer.testkit.cassandra.CassandraCluster;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;

/** The store's contract, held by three Cassandra nodes. */
class CassandraStoreKitIT extends StoreCompatibilityKit {
    private static final String KEYSPACE = "kit";

    @TempDir
    Path directory;

    private CassandraStoreConfig config;

    /** The cluster; each test asks once. */
    CassandraCluster cluster() {
        return CassandraCluster.shared();
    }

    /** The configuration of this test's store, which is empty at first. */
    private CassandraStoreConfig config() {
        if (config == null) {
            config = TestStores.empty(cluster(), KEYSPACE);
        }
        return config;
    }

    @Override
    protected Store open() {
        return open(config());
    }

    CassandraStore open(CassandraStoreConfig wanted) {
        return CassandraStore.open(wanted);
    }

    @Override
    protected Store openAfterCrash(Store running) {
        ((CassandraStore) running).abandon();
        return open();
    }

    @Override
    protected Store openWithOtherShards() {
        return open(config().withShards(TestStores.SHARDS + 1));
    }

    @Override
    protected void makeNewer() {
        TestStores.execute(config(), "UPDATE " + KEYSPACE + ".meta SET format = 99 WHERE name = 'store' IF EXISTS");
    }

    @Override
    protected Store openInDoubt(boolean takesEffect) throws Exception {
        Proxies proxies = new Proxies(cluster(), directory);
        return new DoubtfulStore(open(proxies.lead(config(), Duration.ofSeconds(2))), proxies, takesEffect);
    }

    @Override
    protected int steps(int usual) {
        return usual / 10;
    }
}
