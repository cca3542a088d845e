package dev.odometer.benchmarks;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchStatementBuilder;
import com.datastax.oss.driver.api.core.cql.BatchType;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import dev.odometer.testkit.cassandra.CassandraCluster;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Cassandra's own counter columns at QUORUM, by the driver that Odometer uses. Thread-safe. */
final class CassandraPeer implements AutoCloseable {
    /** Updates in a counter batch: a hundred stay below what the server refuses for their size. */
    private static final int UPDATES_A_BATCH = 100;

    private static final int SINGLES_IN_FLIGHT = 256;
    private static final int SCHEMA_ATTEMPTS = 6;

    private final CqlSession session;
    private final PreparedStatement update;

    CassandraPeer(CassandraCluster cluster) {
        session = CqlSession.builder()
                .withConfigLoader(DriverConfigLoader.programmaticBuilder()
                        .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, Duration.ofSeconds(10))
                        .withInt(DefaultDriverOption.NETTY_IO_SIZE, 2)
                        .withBoolean(DefaultDriverOption.REQUEST_LOG_WARNINGS, false) // of the batches' size
                        .build())
                .addContactPoints(cluster.contactPoints())
                .withLocalDatacenter(CassandraCluster.LOCAL_DATACENTER)
                .build();
        schema("CREATE KEYSPACE IF NOT EXISTS peer WITH replication = {'class': 'NetworkTopologyStrategy', '"
                + CassandraCluster.LOCAL_DATACENTER + "': 3}");
        schema("CREATE TABLE IF NOT EXISTS peer.counters (key text PRIMARY KEY, value counter)");
        update = session.prepare("UPDATE peer.counters SET value = value + 1 WHERE key = ?");
    }

    /** On a busy machine a node may not have heard of the statement before. */
    private void schema(String statement) {
        for (int attempt = 1; ; attempt++) {
            try {
                session.execute(SimpleStatement.newInstance(statement).setTimeout(Duration.ofSeconds(60)));
                if (session.checkSchemaAgreement()) {
                    return;
                }
            } catch (DriverException e) {
                if (attempt == SCHEMA_ATTEMPTS) {
                    throw e;
                }
            }
            if (attempt == SCHEMA_ATTEMPTS) {
                throw new BenchException("the nodes do not agree on the tables");
            }
        }
    }

    /** Runs a load as single updates; increments in batches too, with {@value #SINGLES_IN_FLIGHT} in flight. */
    ClosedLoop.Result singles(CassandraLoad load, double seconds) {
        return ClosedLoop.run(
                key -> session.executeAsync(
                        update.bind(CassandraLoad.key(key)).setConsistencyLevel(DefaultConsistencyLevel.QUORUM)),
                load.keys(),
                1,
                load.isBatch() ? SINGLES_IN_FLIGHT : load.inFlight(),
                seconds);
    }

    /** Runs a load of batches as counter batches. */
    ClosedLoop.Result batches(CassandraLoad load, double seconds) {
        return ClosedLoop.run(
                any -> {
                    BatchStatementBuilder batch = BatchStatement.builder(BatchType.COUNTER);
                    for (int i = 0; i < UPDATES_A_BATCH; i++) {
                        int key = ThreadLocalRandom.current().nextInt(load.keys());
                        batch.addStatement(update.bind(CassandraLoad.key(key)));
                    }
                    return session.executeAsync(batch.setConsistencyLevel(DefaultConsistencyLevel.QUORUM)
                            .build());
                },
                load.keys(),
                UPDATES_A_BATCH,
                CassandraLoad.BATCHES_IN_FLIGHT,
                seconds);
    }

    @Override
    public void close() {
        session.close();
    }
}
