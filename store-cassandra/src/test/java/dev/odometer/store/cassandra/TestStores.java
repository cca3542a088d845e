package dev.odometer.store.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchType;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.cql.Statement;
import dev.odometer.engine.store.record.BacklogLimits;
import dev.odometer.testkit.cassandra.CassandraCluster;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Stores on the cluster that the tests share. Tables are made once for each keyspace, which takes seconds; each test
 * empties the shards that it uses.
 */
final class TestStores {
    static final int SHARDS = 4;

    /** So little room that commits begin to take rows along at once. */
    static final BacklogLimits HASTY = new BacklogLimits(4, 16 << 10, 16 << 10);

    private static final int ATTEMPTS = 5;

    private static final Set<String> MADE = new HashSet<>();

    private static CqlSession admin;

    private TestStores() {}

    /** The configuration of an empty store in a keyspace. */
    static synchronized CassandraStoreConfig empty(CassandraCluster cluster, String keyspace) {
        CassandraStoreConfig config = config(cluster, keyspace);
        CqlSession session = admin;
        if (session == null) {
            session = Sessions.open(config);
            admin = session; // stays open as long as this JVM, as the cluster does
        }
        if (!MADE.contains(keyspace)) {
            try (CassandraAdmin maker = CassandraAdmin.connect(config)) {
                maker.init(new Replication(Map.of(CassandraCluster.LOCAL_DATACENTER, 3)));
            }
            MADE.add(keyspace);
        }
        wipe(session, keyspace);
        return config;
    }

    static CassandraStoreConfig config(CassandraCluster cluster, String keyspace) {
        return CassandraStoreConfig.defaults(cluster.contactPoints(), CassandraCluster.LOCAL_DATACENTER)
                .withKeyspace(keyspace)
                .withShards(SHARDS)
                .withRequestTimeout(Duration.ofSeconds(8));
    }

    /** Deletes by Paxos, as everything is written: an ordinary deletion could lose to a write of before. */
    private static void wipe(CqlSession session, String keyspace) {
        persistently(
                session,
                SimpleStatement.newInstance("DELETE FROM " + keyspace + ".meta WHERE name = '"
                        + CassandraSchema.STORE_ROW + "' IF EXISTS"));
        for (int shard = 0; shard <= SHARDS; shard++) {
            String partition = "DELETE FROM " + keyspace + ".shards WHERE shard = " + shard;
            persistently(
                    session,
                    BatchStatement.newInstance(
                            BatchType.UNLOGGED,
                            SimpleStatement.newInstance(partition + " AND kind = 0 AND id = 0x IF EXISTS"),
                            SimpleStatement.newInstance(partition + " AND kind > 0")));
        }
    }

    /** While a node has just died, a request may run into a timeout. */
    private static void persistently(CqlSession session, Statement<?> statement) {
        for (int attempt = 1; ; attempt++) {
            try {
                session.execute(statement);
                return;
            } catch (DriverException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    static void execute(CassandraStoreConfig config, String cql) {
        try (CqlSession session = Sessions.open(config)) {
            session.execute(SimpleStatement.newInstance(cql).setConsistencyLevel(DefaultConsistencyLevel.QUORUM));
        }
    }
}
