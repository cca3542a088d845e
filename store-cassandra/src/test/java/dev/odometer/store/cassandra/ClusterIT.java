package dev.odometer.store.cassandra;

import static dev.odometer.testkit.Stages.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.store.CommitOutcome;
import dev.odometer.engine.store.IdentityRow;
import dev.odometer.engine.store.StoreException;
import dev.odometer.testkit.ShardWriter;
import dev.odometer.testkit.cassandra.CassandraCluster;
import dev.odometer.testkit.cassandra.CassandraNode;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a real cluster may be like, and what the store makes of it. */
@Timeout(180)
class ClusterIT {
    private final CassandraCluster cluster = CassandraCluster.shared();

    @Test
    void a_cluster_as_it_should_be_has_nothing_to_mend() {
        CassandraStoreConfig config = TestStores.empty(cluster, "kit");
        try (CassandraAdmin admin = CassandraAdmin.connect(config)) {
            assertThat(admin.check()).isEmpty();
        }
        try (CassandraStore store = CassandraStore.open(config.withLocalSerial(true))) {
            assertThat(store.check()).isEmpty();
            ShardWriter writer = ShardWriter.acquire(store, 0, "local");
            writer.write(ShardWriter.set("a", 1));
            assertThat(join(store.head(0))).isEqualTo(writer.head());
        }
    }

    @Test
    void too_few_replicas_are_found() {
        CassandraStoreConfig config = TestStores.config(cluster, "few_replicas");
        try (CassandraAdmin admin = CassandraAdmin.connect(config)) {
            admin.init(Replication.parse(CassandraCluster.LOCAL_DATACENTER + ":1"));
            assertThat(admin.check()).hasSize(1).first().satisfies(finding -> {
                assertThat(finding.problem()).contains("few_replicas has 1 replica in datacenter1");
                assertThat(finding.remedy()).startsWith("ALTER KEYSPACE few_replicas WITH replication");
            });
        }
    }

    @Test
    void a_keyspace_that_is_not_there_is_refused_with_the_remedy() {
        CassandraStoreConfig config = TestStores.config(cluster, "nowhere");
        assertThatThrownBy(() -> CassandraStore.open(config))
                .isInstanceOf(StoreException.Incompatible.class)
                .hasMessageContaining("odometer store init");
        try (CassandraAdmin admin = CassandraAdmin.connect(config)) {
            assertThatThrownBy(admin::check)
                    .isInstanceOf(StoreException.Incompatible.class)
                    .hasMessageContaining("odometer store init");
        }
    }

    @Test
    void addresses_and_data_centres_that_are_not_there_are_refused_with_the_remedy() {
        CassandraStoreConfig good = TestStores.config(cluster, "kit");
        CassandraStoreConfig nobody = CassandraStoreConfig.defaults(
                List.of(new InetSocketAddress("127.0.0.1", 1)), CassandraCluster.LOCAL_DATACENTER);
        assertThatThrownBy(() -> CassandraStore.open(nobody))
                .isInstanceOf(StoreException.Unreachable.class)
                .hasMessageContaining("Check the addresses");
        CassandraStoreConfig elsewhere =
                CassandraStoreConfig.defaults(good.contactPoints(), "elsewhere").withKeyspace("kit");
        assertThatThrownBy(() -> CassandraStore.open(elsewhere))
                .isInstanceOf(StoreException.Unreachable.class)
                .hasMessageContaining("data centre 'elsewhere'");
    }

    @Test
    void without_a_quorum_nothing_is_committed_and_with_it_all_goes_on() {
        CassandraStoreConfig config = TestStores.empty(cluster, "kit").withRequestTimeout(Duration.ofSeconds(3));
        try (CassandraStore store = CassandraStore.open(config)) {
            ShardWriter writer = ShardWriter.acquire(store, 0, "owner");
            writer.write(ShardWriter.set("a", 1));
            CassandraNode second = cluster.nodes().get(1);
            CassandraNode third = cluster.nodes().get(2);
            second.kill();
            third.kill();
            var commit = writer.commit(ShardWriter.set("a", 2));
            assertThat(writer.submit(commit))
                    .isInstanceOfAny(CommitOutcome.Unknown.class, CommitOutcome.Unavailable.class);
            cluster.startAll();
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
                CommitOutcome outcome = writer.submit(commit);
                return outcome instanceof CommitOutcome.Committed
                        || (outcome instanceof CommitOutcome.Refused refused
                                && refused.current().isAt(commit));
            });
            writer.follow(commit);
            writer.write(ShardWriter.set("a", 3));
            assertThat(join(store.head(0))).isEqualTo(writer.head());
        } finally {
            cluster.startAll();
        }
    }

    @Test
    void more_deleted_identities_than_cassandra_reads_over_at_once_are_no_obstacle() {
        CassandraStoreConfig config = TestStores.empty(cluster, "kit");
        int rounds = 28; // of 4,096 rows: more than the 100,000 of tombstone_failure_threshold
        try (CassandraStore store = CassandraStore.open(config)) {
            ShardWriter writer = ShardWriter.acquire(store, 0, "owner");
            IdentityRow kept = row(Long.MAX_VALUE / 2);
            writer.write(writer.commit(List.of(), List.of(), List.of(kept)));
            int size = store.commitLimits().maxRows();
            for (int round = 0; round < rounds; round++) {
                List<IdentityId> gone = new ArrayList<>();
                for (int i = 0; i < size; i++) {
                    // Spread as hashes are.
                    gone.add(new IdentityId((round * (long) size + i) * 0x9E3779B97F4A7C15L, i));
                }
                writer.write(writer.commit(List.of(), gone, List.of()));
            }
            assertThat(join(store.identities(0, null, 10))).containsExactly(kept);
            assertThat(join(store.head(0))).isEqualTo(writer.head());
            writer.write(ShardWriter.set("a", 1));
        }
    }

    @Test
    void a_store_keeps_its_number_of_shards() {
        CassandraStoreConfig config = TestStores.empty(cluster, "kit");
        CassandraStore.open(config).close();
        try (CassandraStore store = CassandraStore.openAsStored(config.withShards(64))) {
            assertThat(store.shards()).isEqualTo(TestStores.SHARDS);
        }
    }

    private static IdentityRow row(long high) {
        return new IdentityRow(new IdentityId(high, 7), 1, 2, 3, 4, new byte[5]);
    }

    @Test
    void the_schema_is_what_the_statements_say() {
        CassandraStoreConfig config = TestStores.empty(cluster, "kit");
        try (CassandraAdmin admin = CassandraAdmin.connect(config)) {
            admin.init(new Replication(Map.of(CassandraCluster.LOCAL_DATACENTER, 3))); // again: changes nothing
        }
        try (CqlSession session = Sessions.open(config)) {
            List<String> columns = new ArrayList<>();
            for (Row row : session.execute("SELECT column_name FROM system_schema.columns"
                    + " WHERE keyspace_name = 'kit' AND table_name = 'shards'")) {
                columns.add(row.getString("column_name"));
            }
            assertThat(columns).contains("shard", "kind", "id", "epoch", "sequence", "value", "record");
        }
        assertThat(CassandraSchema.script("kit", Replication.parse("dc1:3,dc2:2")))
                .contains("CREATE KEYSPACE IF NOT EXISTS kit")
                .contains("'dc1': 3, 'dc2': 2")
                .endsWith(";\n");
    }
}
