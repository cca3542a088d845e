package dev.odometer.store.cassandra;

import java.util.List;

/**
 * The tables of a store, format {@value #FORMAT_VERSION}.
 *
 * <pre>
 * meta     one row, 'store': the format, and the number of shards, which never changes
 * shards   one partition a shard:
 *            kind 0, id 0x          the head: epoch, owner, sequence, batch id, number of counters, format, and
 *                                   the mark: the sequence up to which kinds 1 and 2 hold everything
 *            kind 1, id = key       a counter: value, created (milliseconds since 1970)
 *            kind 2, id = 16 bytes  an identity: a record of sequence i64, fingerprint i64, accepted i64,
 *                                   retention i64 (all big-endian), and the answers
 *            kind 3, id = slot u16  the record of commit 'sequence', for which sequence mod 256 is the slot: see
 *                                   CommitCodec. It counts while its sequence is above the mark
 * </pre>
 *
 * <p>The head is a row and not a set of static columns, for one reason: to judge a condition on static columns alone
 * Cassandra reads the partition's first live row too, through all deleted ones before it. The condition on a whole
 * primary key reads that row and nothing else. Kind 0 comes first, so that a scan of the others never meets it.
 *
 * <p>Records are in a ring of slots that are written over and never deleted, so that no reader of them meets the
 * markers of deleted rows.
 *
 * <p>Every write to {@code shards} is conditional on its partition's head. There are no TTLs and no timestamps of our
 * own: both would go behind the head's back.
 */
public final class CassandraSchema {
    /** The format that this version reads and writes. */
    public static final int FORMAT_VERSION = 2;

    static final byte HEAD = 0;
    static final byte COUNTER = 1;
    static final byte IDENTITY = 2;
    static final byte RECORD = 3;

    /** The slots of a shard's ring of records; part of the format. */
    static final int SLOTS = 256;

    static final String STORE_ROW = "store";

    private CassandraSchema() {}

    /** The statements that make a store, in order; each does nothing where its object is there already. */
    public static List<String> statements(String keyspace, Replication replication) {
        if (!CassandraStoreConfig.isKeyspace(keyspace)) {
            throw new IllegalArgumentException("not a keyspace: " + keyspace);
        }
        return List.of(
                "CREATE KEYSPACE IF NOT EXISTS " + keyspace + "\n  WITH replication = " + replication.cql()
                        + "\n  AND durable_writes = true",
                """
                CREATE TABLE IF NOT EXISTS %s.meta (
                  name text PRIMARY KEY,
                  format int,
                  shards int
                )""".formatted(keyspace),
                """
                CREATE TABLE IF NOT EXISTS %s.shards (
                  shard int,
                  kind tinyint,
                  id blob,
                  epoch bigint,
                  owner text,
                  sequence bigint,
                  batch_high bigint,
                  batch_low bigint,
                  counters bigint,
                  materialised bigint,
                  format int,
                  value bigint,
                  created bigint,
                  record blob,
                  PRIMARY KEY (shard, kind, id)
                ) WITH compaction = {'class': 'LeveledCompactionStrategy'}
                  AND comment = 'Odometer: write to it only through Odometer'""".formatted(keyspace));
    }

    /** The same as a script for cqlsh. */
    public static String script(String keyspace, Replication replication) {
        return String.join(";\n\n", statements(keyspace, replication)) + ";\n";
    }
}
