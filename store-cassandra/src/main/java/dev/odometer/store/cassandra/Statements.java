package dev.odometer.store.cassandra;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchStatementBuilder;
import com.datastax.oss.driver.api.core.cql.BatchType;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CounterChange;
import dev.odometer.engine.store.Head;
import dev.odometer.engine.store.IdentityRow;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;

/**
 * What the store says to Cassandra, and under which consistency.
 *
 * <p>Conditional writes and reads of heads run at SERIAL (or LOCAL_SERIAL): each sees every one before it, also one
 * that was left half done, which it completes.
 *
 * <p>Rows are read at QUORUM (LOCAL_QUORUM). That is enough, and SERIAL would make every load of a counter compete with
 * the commits of its shard: a conditional write returns when a quorum has applied it, its consistency being QUORUM; and
 * one whose answer was lost is brought to a quorum by the next round of its partition, before that round reads
 * or answers anything. So whoever has been told of a commit, by its answer or by a head, finds its rows in any quorum.
 */
final class Statements {
    private static final int COUNTERS_A_PAGE = 1_000;
    private static final int IDENTITIES_A_PAGE = 250; // each may have 32 KiB of answers

    private final ConsistencyLevel serial;
    private final ConsistencyLevel quorum;
    private final PreparedStatement readHead;
    private final PreparedStatement createHead;
    private final PreparedStatement raiseEpoch;
    private final PreparedStatement moveHead;
    private final PreparedStatement putCounter;
    private final PreparedStatement putIdentity;
    private final PreparedStatement deleteRow;
    private final PreparedStatement readCounter;
    private final PreparedStatement scanCounters;
    private final PreparedStatement scanIdentities;

    Statements(CqlSession session, String keyspace, boolean localSerial) {
        serial = localSerial ? DefaultConsistencyLevel.LOCAL_SERIAL : DefaultConsistencyLevel.SERIAL;
        quorum = localSerial ? DefaultConsistencyLevel.LOCAL_QUORUM : DefaultConsistencyLevel.QUORUM;
        String shards = keyspace + ".shards";
        String head = " WHERE shard = ? AND kind = " + CassandraSchema.HEAD + " AND id = 0x";
        String range = " AND id >= ? AND id < ?";
        readHead = session.prepare(
                "SELECT epoch, owner, sequence, batch_high, batch_low, counters, format FROM " + shards + head);
        createHead = session.prepare("INSERT INTO " + shards
                + " (shard, kind, id, epoch, owner, sequence, batch_high, batch_low, counters, format) VALUES (?, "
                + CassandraSchema.HEAD + ", 0x, ?, ?, 0, 0, 0, 0, " + CassandraSchema.FORMAT_VERSION
                + ") IF NOT EXISTS");
        raiseEpoch = session.prepare("UPDATE " + shards + " SET epoch = ?, owner = ?, format = "
                + CassandraSchema.FORMAT_VERSION + head + " IF epoch = ?");
        moveHead = session.prepare("UPDATE " + shards + " SET sequence = ?, batch_high = ?, batch_low = ?, counters = ?"
                + head + " IF epoch = ? AND sequence = ?");
        putCounter = session.prepare("INSERT INTO " + shards + " (shard, kind, id, value, created) VALUES (?, "
                + CassandraSchema.COUNTER + ", ?, ?, ?)");
        putIdentity = session.prepare("INSERT INTO " + shards + " (shard, kind, id, record) VALUES (?, "
                + CassandraSchema.IDENTITY + ", ?, ?)");
        deleteRow = session.prepare("DELETE FROM " + shards + " WHERE shard = ? AND kind = ? AND id = ?");
        String counters = " FROM " + shards + " WHERE shard = ? AND kind = " + CassandraSchema.COUNTER;
        readCounter = session.prepare("SELECT value, created" + counters + " AND id = ?");
        scanCounters = session.prepare("SELECT id, value, created" + counters + range);
        scanIdentities = session.prepare(
                "SELECT id, record FROM " + shards + " WHERE shard = ? AND kind = " + CassandraSchema.IDENTITY + range);
    }

    /** Makes a statement a conditional one, which must never be sent twice by the driver. */
    private BoundStatement conditional(BoundStatement statement) {
        return statement
                .setSerialConsistencyLevel(serial)
                .setConsistencyLevel(quorum)
                .setIdempotent(false);
    }

    private static BoundStatement reading(BoundStatement statement, ConsistencyLevel level) {
        return statement
                .setConsistencyLevel(level)
                .setExecutionProfileName(Sessions.READS)
                .setIdempotent(true);
    }

    BoundStatement readHead(int shard) {
        return reading(readHead.bind(shard), serial);
    }

    BoundStatement createHead(int shard, long epoch, String owner) {
        return conditional(createHead.bind(shard, epoch, owner));
    }

    BoundStatement raiseEpoch(Head from, long epoch, String owner) {
        return conditional(raiseEpoch.bind(epoch, owner, from.shard(), from.epoch()));
    }

    /** All of a commit in one batch, which takes effect whole and on the head's condition. */
    BatchStatement commit(Commit commit) {
        int shard = commit.shard();
        BatchStatementBuilder batch = BatchStatement.builder(BatchType.UNLOGGED);
        batch.addStatement(moveHead.bind(
                commit.sequence(),
                commit.batchId().high(),
                commit.batchId().low(),
                commit.counters(),
                shard,
                commit.epoch(),
                commit.sequence() - 1));
        for (CounterChange change : commit.changes()) {
            ByteBuffer key = Rows.key(change.key());
            batch.addStatement(
                    change.deleted()
                            ? deleteRow.bind(shard, CassandraSchema.COUNTER, key)
                            : putCounter.bind(shard, key, change.value(), change.createdMillis()));
        }
        Set<IdentityId> written = new HashSet<>();
        for (IdentityRow row : commit.identities()) {
            written.add(row.id());
            batch.addStatement(putIdentity.bind(shard, ByteBuffer.wrap(Rows.idBytes(row.id())), Rows.record(row)));
        }
        for (IdentityId id : commit.forgotten()) {
            // All of a batch has one timestamp, and there a deletion wins: what is written again is not deleted.
            if (!written.contains(id)) {
                batch.addStatement(deleteRow.bind(shard, CassandraSchema.IDENTITY, ByteBuffer.wrap(Rows.idBytes(id))));
            }
        }
        return batch.setSerialConsistencyLevel(serial)
                .setConsistencyLevel(quorum)
                .setIdempotence(false)
                .build();
    }

    BoundStatement readCounter(int shard, Key key) {
        return reading(readCounter.bind(shard, Rows.key(key)), quorum);
    }

    BoundStatement scanCounters(int shard, byte[] low, byte[] high, int limit) {
        return scan(scanCounters, shard, low, high).setPageSize(Math.min(limit, COUNTERS_A_PAGE));
    }

    BoundStatement scanIdentities(int shard, byte[] low, byte[] high, int limit) {
        return scan(scanIdentities, shard, low, high).setPageSize(Math.min(limit, IDENTITIES_A_PAGE));
    }

    private BoundStatement scan(PreparedStatement select, int shard, byte[] low, byte[] high) {
        return reading(select.bind(shard, ByteBuffer.wrap(low), ByteBuffer.wrap(high)), quorum);
    }

    /** The row of {@code meta}, at SERIAL. */
    static SimpleStatement readMeta(String keyspace, boolean localSerial) {
        return SimpleStatement.newInstance(
                        "SELECT format, shards FROM " + keyspace + ".meta WHERE name = ?", CassandraSchema.STORE_ROW)
                .setConsistencyLevel(
                        localSerial ? DefaultConsistencyLevel.LOCAL_SERIAL : DefaultConsistencyLevel.SERIAL)
                .setExecutionProfileName(Sessions.READS)
                .setIdempotent(true);
    }

    /** Makes the row of {@code meta} where it is absent. */
    static SimpleStatement createMeta(String keyspace, boolean localSerial, int shards) {
        return SimpleStatement.newInstance(
                        "INSERT INTO " + keyspace + ".meta (name, format, shards) VALUES (?, ?, ?) IF NOT EXISTS",
                        CassandraSchema.STORE_ROW,
                        CassandraSchema.FORMAT_VERSION,
                        shards)
                .setSerialConsistencyLevel(
                        localSerial ? DefaultConsistencyLevel.LOCAL_SERIAL : DefaultConsistencyLevel.SERIAL)
                .setConsistencyLevel(
                        localSerial ? DefaultConsistencyLevel.LOCAL_QUORUM : DefaultConsistencyLevel.QUORUM)
                .setIdempotent(false);
    }
}
