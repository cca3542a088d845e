package dev.odometer.store.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.servererrors.InvalidQueryException;
import dev.odometer.engine.store.StoreException;
import java.time.Duration;
import java.util.List;

/** What an operator does with a cluster before a store is opened on it. Waits for the network. Thread-safe. */
public final class CassandraAdmin implements AutoCloseable {
    /** Longer than the driver waits for the nodes to agree, so that it is that which is told where they do not. */
    private static final Duration DDL_TIMEOUT = Sessions.AGREEMENT_LIMIT.multipliedBy(3);

    private static final int ATTEMPTS = 4;

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
        // A node that came up a moment ago may miss a statement, and then refuse the next one: all of them again.
        for (int attempt = 1; !isMade(replication, attempt); attempt++) {
            if (attempt == ATTEMPTS) {
                throw new StoreException.Unreachable(
                        "the nodes do not agree on the tables yet. It is safe to try again in a while");
            }
        }
    }

    private boolean isMade(Replication replication, int attempt) {
        try {
            for (String statement : CassandraSchema.statements(config.keyspace(), replication)) {
                session.execute(SimpleStatement.newInstance(statement).setTimeout(DDL_TIMEOUT));
            }
            return session.checkSchemaAgreement();
        } catch (InvalidQueryException e) {
            if (attempt == ATTEMPTS) {
                throw Failures.ofRequest(e);
            }
            return false;
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
