package dev.odometer.engine.store.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.BatchId;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CounterChange;
import dev.odometer.engine.store.IdentityRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardBacklogTest {
    private static final BacklogLimits LIMITS = new BacklogLimits(16, 4_000, 20_000);

    /** What a store would hold: rows, a ring of records, and the head's sequence and mark. */
    private static final class Stored {
        final Map<Key, CounterChange> counters = new TreeMap<>();
        final Map<IdentityId, IdentityRow> identities = new TreeMap<>();
        final Commit[] ring = new Commit[LIMITS.slots()];
        long sequence;
        long materialised;

        void write(WritePlan plan) {
            sequence = plan.commit().sequence();
            materialised = plan.materialised();
            if (plan.isRecord()) {
                ring[plan.slot()] = plan.commit();
            }
            for (CounterChange change : plan.counters()) {
                if (change.deleted()) {
                    counters.remove(change.key());
                } else {
                    counters.put(change.key(), change);
                }
            }
            plan.identities().forEach((id, row) -> {
                if (row == null) {
                    identities.remove(id);
                } else {
                    identities.put(id, row);
                }
            });
        }

        /** What a takeover reads. */
        ShardBacklog load(long epoch) {
            List<Commit> records = new ArrayList<>();
            for (long next = materialised + 1; next <= sequence; next++) {
                Commit record = ring[(int) (next % ring.length)];
                assertThat(record.sequence()).isEqualTo(next);
                records.add(CommitCodec.decode(CommitCodec.encode(record), 0));
            }
            return new ShardBacklog(LIMITS, epoch, sequence, materialised, records);
        }

        /** The counters and identities that a reader sees. */
        List<Object> seen(ShardBacklog backlog) {
            Map<Key, CounterChange> all = new TreeMap<>(counters);
            for (var newer : backlog.counters(new byte[0], null, Integer.MAX_VALUE)) {
                if (newer.getValue().deleted()) {
                    all.remove(newer.getKey());
                } else {
                    all.put(newer.getKey(), newer.getValue());
                }
            }
            Map<IdentityId, IdentityRow> ids = new TreeMap<>(identities);
            for (Map.Entry<IdentityId, @Nullable IdentityRow> newer : backlog.identities(null, Integer.MAX_VALUE)) {
                IdentityRow row = newer.getValue();
                if (row == null) {
                    ids.remove(newer.getKey());
                } else {
                    ids.put(newer.getKey(), row);
                }
            }
            return List.of(all, ids);
        }
    }

    private static Commit commit(long sequence, CounterChange... changes) {
        return new Commit(0, 1, sequence, new BatchId(7, sequence), 1, List.of(changes), List.of(), List.of());
    }

    private static CounterChange set(String key, long value) {
        return new CounterChange(Key.of(key), value, 1, false);
    }

    private static ShardBacklog empty() {
        return new ShardBacklog(LIMITS, 1, 0, 0, List.of());
    }

    private static Commit random(Random random, long epoch, long sequence) {
        Map<Key, CounterChange> changes = new TreeMap<>();
        List<IdentityId> forgotten = new ArrayList<>();
        List<IdentityRow> identities = new ArrayList<>();
        for (int i = random.nextInt(random.nextInt(20) == 0 ? 60 : 6); i >= 0; i--) {
            Key key = Key.of("k" + random.nextInt(60));
            changes.put(key, new CounterChange(key, sequence, i, random.nextInt(5) == 0));
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            IdentityId id = new IdentityId(i, random.nextInt(9));
            if (random.nextBoolean()) {
                forgotten.add(id);
            }
            if (random.nextBoolean()) {
                identities.add(new IdentityRow(id, sequence, 2, 3, 4, new byte[random.nextInt(300)]));
            }
        }
        BatchId batch = new BatchId(epoch, sequence);
        return new Commit(0, epoch, sequence, batch, 5, List.copyOf(changes.values()), forgotten, identities);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void what_is_seen_is_what_was_committed_also_after_a_takeover_at_any_moment(long seed) {
        Random random = new Random(seed);
        Stored stored = new Stored();
        Stored model = new Stored();
        ShardBacklog backlog = empty();
        int whole = 0;
        for (int i = 0; i < 2_000; i++) {
            Commit commit = random(random, backlog.epoch(), stored.sequence + 1);
            WritePlan plan = backlog.plan(commit);
            stored.write(plan);
            backlog.tookEffect(plan);
            RecentRows own = new RecentRows();
            own.add(commit);
            model.write(new WritePlan(commit, -1, 0, List.copyOf(own.counters().values()), own.identities()));
            whole += plan.isRecord() ? 0 : 1;
            assertThat(backlog.records()).isBetween(0L, (long) LIMITS.slots());
            assertThat(backlog.memoryBytes()).isLessThanOrEqualTo(LIMITS.memoryBytes());
            assertThat(backlog.recordBytes()).isLessThanOrEqualTo(LIMITS.recordBytes());
            if (random.nextInt(50) == 0) {
                backlog = stored.load(backlog.epoch() + 1);
            }
            assertThat(stored.seen(backlog)).isEqualTo(model.seen(empty()));
            assertThat(stored.seen(stored.load(9))).isEqualTo(model.seen(empty()));
        }
        assertThat(whole).isBetween(0, 200);
    }

    @Test
    void rows_are_spread_over_commits_and_none_writes_them_all() {
        BacklogLimits limits = new BacklogLimits(256, 1 << 20, 1 << 20);
        ShardBacklog backlog = new ShardBacklog(limits, 1, 0, 0, List.of());
        int largest = 0;
        for (int i = 1; i <= 10_000; i++) {
            CounterChange[] changes = new CounterChange[10];
            for (int j = 0; j < changes.length; j++) {
                changes[j] = set("k" + (i * 10 + j) % 1_000, i);
            }
            WritePlan plan = backlog.plan(commit(i, changes));
            assertThat(plan.isRecord()).isTrue();
            largest = Math.max(largest, plan.counters().size());
            backlog.tookEffect(plan);
        }
        assertThat(largest).isBetween(1, 40);
    }

    @Test
    void a_commit_in_doubt_is_written_again_identically_and_nothing_else_is() {
        ShardBacklog backlog = empty();
        for (int i = 1; i <= 9; i++) {
            backlog.tookEffect(backlog.plan(commit(i, set("a", i))));
        }
        WritePlan first = backlog.plan(commit(10, set("a", 10)));
        backlog.inDoubt(first);
        assertThat(backlog.plan(commit(10, set("a", 10)))).isSameAs(first);
        assertThat(backlog.plan(commit(10, set("b", 10)))).isNull();
        assertThat(backlog.counter(Key.of("a")).value()).isEqualTo(9);
        backlog.tookEffect(first);
        assertThat(backlog.counter(Key.of("a")).value()).isEqualTo(10);
        assertThat(backlog.plan(commit(11, set("b", 10)))).isNotNull();
    }

    @Test
    void a_commit_of_another_time_is_not_planned() {
        ShardBacklog backlog = empty();
        assertThat(backlog.plan(commit(2, set("a", 1)))).isNull();
        assertThat(new ShardBacklog(LIMITS, 2, 0, 0, List.of()).plan(commit(1, set("a", 1))))
                .isNull();
    }

    @Test
    void a_page_is_of_the_moment_at_which_it_was_asked_for() {
        ShardBacklog backlog = empty();
        backlog.tookEffect(backlog.plan(commit(1, set("a", 1), set("b", 1))));
        var page = backlog.counters(new byte[0], null, 10);
        backlog.tookEffect(backlog.plan(commit(2, set("a", 2), set("c", 2))));
        assertThat(page).extracting(entry -> entry.getValue().value()).containsExactly(1L, 1L);
    }

    private static Commit of(long sequence, int first, int rows) {
        List<CounterChange> changes = new ArrayList<>();
        for (int i = first; i < first + rows; i++) {
            changes.add(new CounterChange(Key.of("k" + i), i, 1, false));
        }
        return new Commit(0, 1, sequence, new BatchId(1, sequence), first + rows, changes, List.of(), List.of());
    }

    @Test
    void no_commit_has_more_rows_than_a_store_takes_also_the_first_one_after_a_takeover() {
        BacklogLimits wide = new BacklogLimits(256, 61L * CommitCodec.maxLength(of(1, 10_000, 1_000)), 64 << 20);
        ShardBacklog backlog = new ShardBacklog(wide, 1, 0, 0, List.of());
        List<Commit> records = new ArrayList<>();
        long mark = 0;
        for (int sequence = 1; sequence <= 60; sequence++) {
            WritePlan plan = backlog.plan(of(sequence, 10_000 + sequence * 1_000, 1_000));
            assertThat(plan).isNotNull();
            assertThat(plan.counters().size()).isLessThanOrEqualTo(16_384);
            backlog.tookEffect(plan);
            mark = plan.materialised();
            records.add(plan.commit());
            long from = mark;
            List<Commit> left =
                    records.stream().filter(record -> record.sequence() > from).toList();
            WritePlan next = new ShardBacklog(wide, 2, sequence, mark, left)
                    .plan(new Commit(
                            0,
                            2,
                            sequence + 1,
                            new BatchId(2, 2),
                            1,
                            of(1, 0, 4_096).changes(),
                            List.of(),
                            List.of()));
            assertThat(next).isNotNull();
            assertThat(next.counters().size()).isLessThanOrEqualTo(16_384 + 4_096);
        }
    }

    @Test
    void a_commit_that_finishes_a_layer_is_a_record_like_the_others() {
        // Half of the room is 16 commits and a little less than half of one.
        long one = CommitCodec.maxLength(of(1, 10_000, 100));
        long half = 16 * one + one * 4 / 10;
        ShardBacklog backlog = new ShardBacklog(new BacklogLimits(256, 2 * half, 64 << 20), 1, 0, 0, List.of());
        for (int sequence = 1; sequence <= 200; sequence++) {
            WritePlan plan = backlog.plan(of(sequence, 10_000 + sequence * 100, 100));
            assertThat(plan).isNotNull();
            assertThat(plan.isRecord()).as("commit %s", sequence).isTrue();
            backlog.tookEffect(plan);
        }
    }
}
