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
import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CounterChange;
import dev.odometer.engine.store.Head;
import dev.odometer.engine.store.record.CommitCodec;
import dev.odometer.engine.store.record.WritePlan;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What the store says to Cassandra, and under which consistency.
 *
 * <p>Conditional writes and reads of heads run at SERIAL (or LOCAL_SERIAL): each sees every one before it, also one
 * that was left half done, which it completes.
 *
 * <p>Records and rows are read at QUORUM (LOCAL_QUORUM). That is enough, and SERIAL would make every load of a
 * counter compete with the commits of its shard: a conditional write returns when a quorum has applied it, its
 * consistency being QUORUM; and one whose answer was lost is brought to a quorum by the next round of its partition,
 * before that round reads or answers anything. So whoever has been told of a commit, by its answer or by a head,
 * finds its rows in any quorum.
 */
final class Statements {
    private static final int COUNTERS_A_PAGE = 1_000;
    private static final int IDENTITIES_A_PAGE = 250; // each may have 32 KiB of answers

    private final ConsistencyLevel serial;
    private final ConsistencyLevel quorum;
    private final PreparedStatement readHead;
    private final PreparedStatement readEpoch;
    private final PreparedStatement readRecords;
    private final PreparedStatement createHead;
    private final PreparedStatement raiseEpoch;
    private final PreparedStatement moveHead;
    private final PreparedStatement putCounter;
    private final PreparedStatement putIdentity;
    private final PreparedStatement deleteRow;
    private final PreparedStatement putRecord;
    private final PreparedStatement readCounter;
    private final PreparedStatement readCounterAndEpoch;
    private final PreparedStatement scanCounters;
    private final PreparedStatement scanIdentities;

    Statements(CqlSession session, String keyspace, boolean localSerial) {
        serial = localSerial ? DefaultConsistencyLevel.LOCAL_SERIAL : DefaultConsistencyLevel.SERIAL;
        quorum = localSerial ? DefaultConsistencyLevel.LOCAL_QUORUM : DefaultConsistencyLevel.QUORUM;
        String shards = keyspace + ".shards";
        String head = " WHERE shard = ? AND kind = " + CassandraSchema.HEAD + " AND id = 0x";
        String range = " AND id >= ? AND id < ?";
        readHead = session.prepare(
                "SELECT epoch, owner, sequence, batch_high, batch_low, counters, materialised, format FROM " + shards
                        + head);
        readEpoch = session.prepare("SELECT epoch FROM " + shards + head);
        readRecords = session.prepare("SELECT sequence, record FROM " + shards + " WHERE shard = ? AND kind = "
                + CassandraSchema.RECORD + " AND id IN ?");
        createHead = session.prepare("INSERT INTO " + shards
                + " (shard, kind, id, epoch, owner, sequence, batch_high, batch_low, counters, materialised, format)"
                + " VALUES (?, "
                + CassandraSchema.HEAD + ", 0x, ?, ?, 0, 0, 0, 0, 0, " + CassandraSchema.FORMAT_VERSION
                + ") IF NOT EXISTS");
        raiseEpoch = session.prepare("UPDATE " + shards + " SET epoch = ?, owner = ?, format = "
                + CassandraSchema.FORMAT_VERSION + head + " IF epoch = ?");
        moveHead =
                session.prepare("UPDATE " + shards + " SET sequence = ?, batch_high = ?, batch_low = ?, counters = ?,"
                        + " materialised = ?" + head + " IF epoch = ? AND sequence = ?");
        putCounter = session.prepare("INSERT INTO " + shards + " (shard, kind, id, value, created) VALUES (?, "
                + CassandraSchema.COUNTER + ", ?, ?, ?)");
        putIdentity = session.prepare("INSERT INTO " + shards + " (shard, kind, id, record) VALUES (?, "
                + CassandraSchema.IDENTITY + ", ?, ?)");
        putRecord = session.prepare("INSERT INTO " + shards + " (shard, kind, id, sequence, record) VALUES (?, "
                + CassandraSchema.RECORD + ", ?, ?, ?)");
        deleteRow = session.prepare("DELETE FROM " + shards + " WHERE shard = ? AND kind = ? AND id = ?");
        String counters = " FROM " + shards + " WHERE shard = ? AND kind = " + CassandraSchema.COUNTER;
        readCounter = session.prepare("SELECT value, created" + counters + " AND id = ?");
        readCounterAndEpoch = session.prepare("SELECT kind, epoch, value, created FROM " + shards
                + " WHERE shard = ? AND (kind, id) IN ((" + CassandraSchema.HEAD + ", 0x), (" + CassandraSchema.COUNTER
                + ", ?))");
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
    BatchStatement commit(WritePlan plan) {
        Commit commit = plan.commit();
        int shard = commit.shard();
        BatchStatementBuilder batch = BatchStatement.builder(BatchType.UNLOGGED);
        batch.addStatement(moveHead.bind(
                commit.sequence(),
                commit.batchId().high(),
                commit.batchId().low(),
                commit.counters(),
                plan.materialised(),
                shard,
                commit.epoch(),
                commit.sequence() - 1));
        if (plan.isRecord()) {
            batch.addStatement(putRecord.bind(
                    shard,
                    Rows.slot(commit.sequence()),
                    commit.sequence(),
                    ByteBuffer.wrap(CommitCodec.encode(commit))));
        }
        for (CounterChange change : plan.counters()) {
            ByteBuffer key = Rows.key(change.key());
            batch.addStatement(
                    change.deleted()
                            ? deleteRow.bind(shard, CassandraSchema.COUNTER, key)
                            : putCounter.bind(shard, key, change.value(), change.createdMillis()));
        }
        plan.identities().forEach((id, row) -> {
            ByteBuffer key = ByteBuffer.wrap(Rows.idBytes(id));
            batch.addStatement(
                    row == null
                            ? deleteRow.bind(shard, CassandraSchema.IDENTITY, key)
                            : putIdentity.bind(shard, key, Rows.record(row)));
        });
        return batch.setSerialConsistencyLevel(serial)
                .setConsistencyLevel(quorum)
                .setIdempotence(false)
                .build();
    }

    /** The head at QUORUM, which shows all that was answered, and disturbs nobody. */
    BoundStatement readHeadAtQuorum(int shard) {
        return reading(readHead.bind(shard), quorum);
    }

    BoundStatement readEpoch(int shard) {
        return reading(readEpoch.bind(shard), quorum);
    }

    /** The slots of the commits after one and up to another. */
    BoundStatement readRecords(int shard, long after, long last) {
        List<ByteBuffer> slots = new ArrayList<>();
        for (long sequence = after + 1; sequence <= last; sequence++) {
            slots.add(Rows.slot(sequence));
        }
        return reading(readRecords.bind(shard, slots), quorum).setPageSize(CassandraSchema.SLOTS);
    }

    /** The head's epoch (kind 0) and the counter's row (kind 1), where there are any. */
    BoundStatement readCounterAndEpoch(int shard, Key key) {
        return reading(readCounterAndEpoch.bind(shard, Rows.key(key)), quorum);
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
