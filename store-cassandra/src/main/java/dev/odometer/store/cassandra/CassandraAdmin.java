package dev.odometer.store.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import dev.odometer.engine.store.StoreException;
import java.time.Duration;
import java.util.List;

/** What an operator does with a cluster before a store is opened on it. Waits for the network. Thread-safe. */
public final class CassandraAdmin implements AutoCloseable {
    /** The first change of a schema takes a cluster some seconds. */
    private static final Duration DDL_TIMEOUT = Duration.ofSeconds(30);

    private final CassandraStoreConfig config;
    private final CqlSession session;

    private CassandraAdmin(CassandraStoreConfig config, CqlSession session) {
        this.config = config;
        this.session = session;
    }

    /**
     * Connects to the cluster.
     *
     * @throws StoreException.Unreachable where it does not answer
     */
    public static CassandraAdmin connect(CassandraStoreConfig config) {
        return new CassandraAdmin(config, Sessions.open(config));
    }

    /**
     * Makes the keyspace and the tables where they are absent; what is there stays as it is.
     *
     * @throws StoreException.Unreachable where the cluster does not answer; it can be run again
     */
    public void init(Replication replication) {
        try {
            for (String statement : CassandraSchema.statements(config.keyspace(), replication)) {
                session.execute(SimpleStatement.newInstance(statement).setTimeout(DDL_TIMEOUT));
            }
            if (!session.checkSchemaAgreement()) {
                throw new StoreException.Unreachable("the nodes do not agree on the tables yet: try again in a while");
            }
        } catch (DriverException e) {
            throw Failures.ofRequest(e);
        }
    }

    /** What of the cluster's settings endangers the store's promise; see {@link Finding}. */
    public List<Finding> check() {
        return ClusterCheck.run(session, config);
    }

    @Override
    public void close() {
        session.close();
    }
}
