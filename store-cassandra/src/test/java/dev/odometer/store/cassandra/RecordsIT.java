package dev.odometer.store.cassandra;

import static dev.odometer.testkit.ShardWriter.delete;
import static dev.odometer.testkit.ShardWriter.identity;
import static dev.odometer.testkit.ShardWriter.set;
import static dev.odometer.testkit.Stages.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.CqlSession;
import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CommitOutcome;
import dev.odometer.engine.store.CounterRow;
import dev.odometer.engine.store.Head;
import dev.odometer.engine.store.Store;
import dev.odometer.engine.store.StoreException;
import dev.odometer.testkit.ShardWriter;
import dev.odometer.testkit.cassandra.CassandraCluster;
import dev.odometer.testkit.net.FaultProxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commits that are one row, and how their values come into their rows. */
@Timeout(180)
class RecordsIT {
    @TempDir
    Path directory;

    private CassandraCluster cluster;
    private CassandraStoreConfig config;
    private final List<Store> opened = new ArrayList<>();

    @BeforeEach
    void start() {
        cluster = CassandraCluster.shared();
        config = TestStores.empty(cluster, "kit");
    }

    @AfterEach
    void stop() {
        opened.forEach(Store::close);
    }

    private CassandraStore usual() {
        CassandraStore store = CassandraStore.open(config);
        opened.add(store);
        return store;
    }

    private CassandraStore hasty() {
        CassandraStore store = CassandraStore.open(config, TestStores.HASTY);
        opened.add(store);
        return store;
    }

    private long stored(String what, int kind) {
        try (CqlSession session = Sessions.open(config)) {
            var row = session.execute("SELECT " + what + " FROM kit.shards WHERE shard = 0 AND kind = " + kind)
                    .one();
            return row == null ? 0 : row.getLong(0);
        }
    }

    private static List<CounterRow> scan(Store store) {
        return join(store.scan(0, new byte[0], null, Integer.MAX_VALUE));
    }

    private static CounterRow row(String key, long value) {
        return new CounterRow(Key.of(key), value, 1_700_000_000_000L + value);
    }

    @Test
    void a_commit_is_one_row_and_later_ones_take_its_values_along() {
        CassandraStore store = usual();
        ShardWriter writer = ShardWriter.acquire(store, 0, "owner");
        for (int i = 1; i <= 100; i++) {
            writer.write(set("a", i), set("k" + i % 10, i));
        }
        assertThat(stored("COUNT(*)", CassandraSchema.RECORD)).isEqualTo(100);
        assertThat(stored("COUNT(*)", CassandraSchema.COUNTER)).isZero();
        assertThat(stored("materialised", CassandraSchema.HEAD)).isZero();
        assertThat(scan(store)).hasSize(11).contains(row("a", 100));
        for (int i = 101; i <= 600; i++) {
            writer.write(set("a", i), set("k" + i % 10, i));
        }
        assertThat(stored("COUNT(*)", CassandraSchema.RECORD)).isLessThanOrEqualTo(CassandraSchema.SLOTS);
        assertThat(stored("COUNT(*)", CassandraSchema.COUNTER)).isEqualTo(11);
        assertThat(stored("materialised", CassandraSchema.HEAD)).isBetween(600L - CassandraSchema.SLOTS, 599L);
        store.abandon();
        CassandraStore next = usual();
        assertThat(scan(next)).hasSize(11).contains(row("a", 600), row("k9", 599));
        assertThat(join(next.acquire(0, "next")).sequence()).isEqualTo(600);
        assertThat(scan(next)).hasSize(11).contains(row("a", 600), row("k9", 599));
        assertThat(join(next.read(0, Key.of("k8")))).contains(row("k8", 598));
    }

    @Test
    void a_crash_at_any_moment_between_record_and_rows_leaves_every_commit() {
        for (int commits = 1; commits <= 12; commits++) {
            CassandraStore store = hasty();
            ShardWriter writer = ShardWriter.acquire(store, commits % TestStores.SHARDS, "owner");
            String name = "c" + commits;
            for (int i = 1; i <= commits; i++) {
                writer.write(writer.commit(
                        List.of(set(name, i), set(name + "/" + i % 5, i), delete(name + "/" + (i + 2) % 5)),
                        List.of(new IdentityId(0, i - 3)),
                        List.of(identity(i, 10))));
            }
            int shard = writer.head().shard();
            byte[] prefix = name.getBytes(StandardCharsets.UTF_8);
            List<CounterRow> before = join(store.scan(shard, prefix, null, 100));
            var identities = join(store.identities(shard, null, 100));
            store.abandon();
            CassandraStore next = hasty();
            assertThat(before).contains(row(name, commits), row(name + "/" + commits % 5, commits));
            assertThat(join(next.scan(shard, prefix, null, 100))).isEqualTo(before);
            assertThat(join(next.identities(shard, null, 100))).isEqualTo(identities);
            assertThat(join(next.acquire(shard, "next")))
                    .satisfies(head ->
                            assertThat(head.sequence()).isEqualTo(writer.head().sequence()));
            assertThat(join(next.scan(shard, prefix, null, 100))).isEqualTo(before);
            assertThat(join(next.identities(shard, null, 100))).isEqualTo(identities);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void commits_in_doubt_that_take_rows_along_are_settled_by_submitting_them_again(boolean takesEffect)
            throws Exception {
        try (Proxies proxies = new Proxies(cluster, directory)) {
            CassandraStore store = CassandraStore.open(proxies.lead(config, Duration.ofSeconds(1)), TestStores.HASTY);
            opened.add(store);
            ShardWriter writer = ShardWriter.acquire(store, 0, "owner");
            for (int i = 1; i <= 12; i++) {
                Commit commit = writer.commit(set("a", i), set("k" + i, i), delete("k" + (i - 2)));
                if (i % 2 == 0) {
                    proxies.all(takesEffect ? FaultProxy::dropAnswers : FaultProxy::dropRequests);
                    assertThat(writer.submit(commit)).isInstanceOf(CommitOutcome.Unknown.class);
                    proxies.all(FaultProxy::heal);
                }
                CommitOutcome outcome = writer.submit(commit);
                while (outcome instanceof CommitOutcome.Unknown || outcome instanceof CommitOutcome.Unavailable) {
                    outcome = writer.submit(commit);
                }
                if (outcome instanceof CommitOutcome.Refused refused) {
                    assertThat(refused.current().isAt(commit)).isTrue();
                }
                writer.follow(commit);
                assertThat(scan(store)).contains(row("a", i), row("k" + i, i)).hasSize(Math.min(i, 2) + 1);
                assertThat(scan(hasty())).isEqualTo(scan(store));
            }
        }
    }

    @Test
    void a_fenced_owner_brings_no_value_into_its_row_any_more() {
        CassandraStore old = hasty();
        ShardWriter fenced = ShardWriter.acquire(old, 0, "old");
        for (int i = 1; i <= 3; i++) {
            fenced.write(set("a", i), set("b", i)); // rows to be written by the next one
        }
        CassandraStore next = hasty();
        ShardWriter owner = ShardWriter.acquire(next, 0, "next");
        owner.write(set("a", 100), delete("b"));
        Head head = owner.head();
        for (int i = 0; i < 3; i++) {
            assertThat(fenced.submit(fenced.commit(set("a", 4)))).isEqualTo(new CommitOutcome.Refused(head));
        }
        assertThat(scan(next)).containsExactly(row("a", 100));
        for (int i = 101; i < 110; i++) {
            owner.write(set("a", i));
        }
        assertThat(scan(next)).containsExactly(row("a", 109));
        assertThat(scan(hasty())).containsExactly(row("a", 109));
    }

    @Test
    void a_store_that_was_replaced_and_does_not_know_it_reads_what_its_successor_wrote() {
        CassandraStore old = hasty();
        ShardWriter.acquire(old, 0, "old").write(set("a", 1), set("b", 1));
        ShardWriter owner = ShardWriter.acquire(hasty(), 0, "next");
        owner.write(set("a", 2), set("c", 2), delete("b"));
        assertThat(join(old.read(0, Key.of("a")))).contains(row("a", 2));
        ShardWriter again = ShardWriter.acquire(hasty(), 0, "third");
        again.write(set("a", 3));
        assertThat(scan(old)).containsExactly(row("a", 3), row("c", 2));
        assertThat(join(old.read(0, Key.of("b")))).isEmpty();
    }

    @Test
    void one_who_does_not_own_the_shard_reads_it_while_records_are_written_over() {
        CassandraStore reader = hasty();
        ShardWriter writer = ShardWriter.acquire(hasty(), 0, "owner");
        AtomicLong acknowledged = new AtomicLong();
        AtomicBoolean stop = new AtomicBoolean();
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
            for (int i = 1; !stop.get(); i++) {
                writer.write(set("a", i), set("b", i), set("k" + i % 7, i));
                acknowledged.set(i);
            }
        });
        long last = 0;
        for (int i = 0; i < 60; i++) {
            long known = acknowledged.get();
            long read = join(reader.read(0, Key.of("a"))).map(CounterRow::value).orElse(0L);
            assertThat(read).isGreaterThanOrEqualTo(Math.max(known, last));
            last = read;
            known = acknowledged.get();
            List<CounterRow> rows = scan(reader);
            if (known > 0) {
                assertThat(rows.get(0).value()).isGreaterThanOrEqualTo(known);
                assertThat(rows.get(1).value()).isGreaterThanOrEqualTo(known);
            }
        }
        stop.set(true);
        join(writing);
        assertThat(acknowledged.get()).isPositive();
    }

    @Test
    void a_missing_record_is_damage_and_nothing_is_guessed() {
        CassandraStore store = usual();
        ShardWriter writer = ShardWriter.acquire(store, 0, "owner");
        for (int i = 1; i <= 3; i++) {
            writer.write(set("a", i));
        }
        TestStores.execute(
                config,
                "BEGIN BATCH UPDATE kit.shards SET counters = 1 WHERE shard = 0 AND kind = 0 AND id = 0x IF epoch = 1;"
                        + " DELETE FROM kit.shards WHERE shard = 0 AND kind = 3 AND id = 0x0002; APPLY BATCH");
        assertThatThrownBy(() -> scan(usual()))
                .hasStackTraceContaining(StoreException.Damaged.class.getName())
                .hasStackTraceContaining("of the commits 1 to 3 not all have their records");
    }

    @Test
    void a_store_of_the_format_before_is_refused_with_the_remedy() {
        usual();
        TestStores.execute(config, "UPDATE kit.meta SET format = 1 WHERE name = 'store' IF EXISTS");
        assertThatThrownBy(this::usual)
                .isInstanceOf(StoreException.Incompatible.class)
                .hasMessageContaining("format 1, of which there has been no release")
                .hasMessageContaining("Nothing was changed");
    }
}
