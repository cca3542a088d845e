package dev.odometer.engine;

import static dev.odometer.engine.EngineFixture.only;
import static dev.odometer.engine.EngineFixture.replay;
import static dev.odometer.engine.EngineFixture.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.odometer.engine.model.Identity;
import dev.odometer.engine.model.InvalidKeyException;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.model.Operation;
import dev.odometer.engine.store.CommitOutcome;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class EngineTest {
    private final EngineFixture f = new EngineFixture(4);

    @Test
    void an_operation_is_answered_after_its_commit_and_not_before() {
        f.store.holding = true;
        EngineFixture.Slot slot = f.add("orders", 5);
        f.environment.run();
        assertThat(slot.answer).isNull();

        f.store.held.get(0).complete(f.store.apply(f.store.submitted.get(0)));
        assertThat(f.answerTo(slot)).isEqualTo(value(5));
    }

    @Test
    void what_arrives_in_one_moment_shares_a_commit_of_each_shard() {
        for (int i = 0; i < 100; i++) {
            f.add("orders", 1);
        }
        EngineFixture.Slot last = f.add("orders", 1);
        assertThat(f.answerTo(last)).isEqualTo(value(101));
        assertThat(f.store.submitted).hasSize(1);
        assertThat(f.store.submitted.get(0).changes()).hasSize(1);
    }

    @Test
    void what_arrives_during_a_commit_makes_up_the_next_one() {
        f.store.holding = true;
        f.add("orders", 1);
        f.environment.run();
        EngineFixture.Slot second = f.add("orders", 1);
        EngineFixture.Slot third = f.add("orders", 1);
        f.environment.run();
        assertThat(f.store.submitted).hasSize(1);

        f.store.holding = false;
        f.store.held.get(0).complete(f.store.apply(f.store.submitted.get(0)));
        assertThat(f.answerTo(third)).isEqualTo(value(3));
        assertThat(second.get()).isEqualTo(value(2));
        assertThat(f.store.submitted).hasSize(2);
    }

    @Test
    void reads_see_committed_values_only_and_follow_the_writes_before_them() {
        assertThat(f.answerTo(f.get("orders"))).isEqualTo(only(Outcome.ABSENT));
        f.store.holding = true;
        f.add("orders", 5);
        EngineFixture.Slot read = f.get("orders");
        f.environment.run();
        assertThat(read.answer).isNull();
        f.store.held.get(0).complete(f.store.apply(f.store.submitted.get(0)));
        assertThat(f.answerTo(read)).isEqualTo(value(5));
    }

    @Test
    void sets_deletes_and_conditions_do_what_they_say() {
        Key key = Key.of("k");
        assertThat(f.answerTo(f.submit(new Operation.Set(key, 7), null))).isEqualTo(value(7));
        assertThat(f.answerTo(f.submit(new Operation.Set(key, 8, Operation.Condition.IF_ABSENT, false), null)))
                .isEqualTo(new Answer(Outcome.NOT_APPLIED, 7, false));
        assertThat(f.answerTo(f.submit(new Operation.Set(key, 9, Operation.Condition.IF_PRESENT, true), null)))
                .isEqualTo(value(7));
        assertThat(f.answerTo(f.submit(new Operation.Delete(key), null)))
                .isEqualTo(new Answer(Outcome.DELETED, 9, false));
        assertThat(f.answerTo(f.submit(new Operation.Delete(key), null))).isEqualTo(only(Outcome.ABSENT));
        assertThat(f.answerTo(f.submit(new Operation.Set(key, 1, Operation.Condition.IF_PRESENT, false), null)))
                .isEqualTo(only(Outcome.NOT_APPLIED));
        assertThat(f.engine.stats().counters()).isZero();
    }

    @Test
    void an_overflow_is_refused_and_changes_nothing() {
        f.add("k", Long.MAX_VALUE);
        assertThat(f.answerTo(f.add("k", 1))).isEqualTo(new Answer(Outcome.OVERFLOW, Long.MAX_VALUE, false));
        assertThat(f.answerTo(f.add("k", -1))).isEqualTo(value(Long.MAX_VALUE - 1));
        assertThat(f.answerTo(f.add("m", Long.MIN_VALUE))).isEqualTo(value(Long.MIN_VALUE));
        assertThat(f.answerTo(f.add("m", -1)).outcome()).isEqualTo(Outcome.OVERFLOW);
    }

    @Test
    void a_commit_that_the_store_cannot_take_counts_nothing_and_the_next_one_goes_on() {
        f.answerTo(f.add("k", 1));
        f.store.fault = commit -> new CommitOutcome.Unavailable(new IllegalStateException("disk full"));
        assertThat(f.answerTo(f.add("k", 10))).isEqualTo(only(Outcome.UNAVAILABLE));
        assertThat(f.answerTo(f.get("k"))).isEqualTo(value(1));
        f.store.fault = null;
        assertThat(f.answerTo(f.add("k", 100))).isEqualTo(value(101));
    }

    @Test
    void a_commit_in_doubt_is_resubmitted_identical_and_counts_once() {
        f.store.fault = commit -> {
            f.store.apply(commit);
            return new CommitOutcome.Unknown(new IllegalStateException("timeout"));
        };
        EngineFixture.Slot slot = f.add("k", 1);
        f.environment.run();
        EngineFixture.Slot waiting = f.add("k", 1);
        f.environment.run();
        assertThat(slot.answer).isNull();
        f.store.fault = null;
        f.environment.pass(5_000);
        assertThat(slot.get()).isEqualTo(value(1));
        assertThat(waiting.get()).isEqualTo(value(2));
        assertThat(f.store.submitted.get(1)).isSameAs(f.store.submitted.get(0));
    }

    @Test
    void a_commit_that_stays_in_doubt_is_settled_by_acquiring_the_shard_again() {
        f.store.fault = commit -> {
            f.store.apply(commit);
            return new CommitOutcome.Unknown(new IllegalStateException("timeout"));
        };
        EngineFixture.Slot applied = f.add("k", 1);
        f.environment.pass(60_000);
        assertThat(applied.get()).isEqualTo(value(1));

        f.store.fault = commit -> new CommitOutcome.Unknown(new IllegalStateException("timeout"));
        EngineFixture.Slot lost = f.add("k", 1);
        f.environment.pass(60_000);
        assertThat(lost.get()).isEqualTo(only(Outcome.UNAVAILABLE));
        f.store.fault = null;
        assertThat(f.answerTo(f.add("k", 1))).isEqualTo(value(2));
    }

    @Test
    void a_fenced_owner_drops_the_shard_and_acknowledges_nothing() {
        f.answerTo(f.add("k", 1));
        Engine other = f.start(EngineFixture.config());
        EngineFixture.Slot fenced = f.add("k", 1);
        assertThat(f.answerTo(fenced)).isEqualTo(only(Outcome.UNAVAILABLE));
        assertThat(f.events).contains("lost " + Key.of("k").shard(4));
        // with one node for all shards it acquires again, and the count is right
        assertThat(f.answerTo(f.add("k", 1))).isEqualTo(value(2));
        f.engine = other;
        assertThat(f.answerTo(f.add("k", 1))).isEqualTo(only(Outcome.UNAVAILABLE));
    }

    @Test
    void a_linearizable_read_is_refused_by_an_owner_that_was_replaced() {
        f.answerTo(f.add("k", 1));
        CompletableFuture<Answer> mine = f.engine.getLinearizable(Key.of("k")).toCompletableFuture();
        f.environment.run();
        assertThat(mine).isCompletedWithValue(value(1));
        f.start(EngineFixture.config());
        CompletableFuture<Answer> stale = f.engine.getLinearizable(Key.of("k")).toCompletableFuture();
        f.environment.run();
        assertThat(stale).isCompletedWithValue(only(Outcome.UNAVAILABLE));
        assertThat(f.events).contains("lost " + Key.of("k").shard(f.store.shards()));
    }

    @Test
    void an_invalid_key_is_refused_and_nothing_is_touched() {
        byte[] key = "a\nb".getBytes(StandardCharsets.UTF_8);
        EngineFixture.Slot slot = new EngineFixture.Slot();
        assertThatThrownBy(() -> f.engine.add(key, 0, key.length, 1, slot, 0)).isInstanceOf(InvalidKeyException.class);
        assertThat(slot.answer).isNull();
        assertThat(f.engine.stats().cached()).isZero();
    }

    @Test
    void operations_on_a_counter_that_is_loading_are_applied_in_order() {
        f.answerTo(f.add("k", 40));
        f.engine = f.start(EngineFixture.config());
        f.store.holdingReads = true;
        EngineFixture.Slot add = f.add("k", 1);
        EngineFixture.Slot keyed = f.keyed("k", 1, "one");
        EngineFixture.Slot twin = f.keyed("k", 1, "one");
        EngineFixture.Slot read = f.get("k");
        f.environment.run();
        assertThat(f.store.heldReads).hasSize(1);
        f.store.heldReads.get(0).complete(Optional.of(new dev.odometer.engine.store.CounterRow(Key.of("k"), 40, 1)));
        assertThat(f.answerTo(add)).isEqualTo(value(41));
        assertThat(keyed.get()).isEqualTo(value(42));
        assertThat(twin.get()).isEqualTo(replay(42));
        assertThat(read.get()).isEqualTo(value(42));
    }

    @Test
    void a_counter_stays_in_memory_while_operations_wait_for_it_whatever_is_done_meanwhile() {
        EngineFixture g = new EngineFixture(
                new MemoryStore(1), new EngineConfig("n1", 1_000, 1_000, 1_000, 10, 16, 10_000, true));
        g.store.holdingReads = true;
        byte[] key = Key.of("k").bytes();
        g.engine.get(
                key,
                0,
                key.length,
                (token, outcome, value, replayed) -> {
                    for (int i = 0; i < 500; i++) {
                        g.get("other-" + i); // each of them may evict another
                    }
                },
                0);
        EngineFixture.Slot behind = g.add("k", 1);
        g.store.holdingReads = false;
        g.store.holding = true;
        g.store.heldReads.get(0).complete(Optional.empty());
        g.environment.run();
        EngineFixture.Slot last = g.add("k", 1); // while the one before is not committed
        g.store.holding = false;
        g.store.held.get(0).complete(g.store.apply(g.store.submitted.get(0)));
        assertThat(g.answerTo(behind)).isEqualTo(value(1));
        assertThat(last.get()).isEqualTo(value(2));
        assertThat(g.engine.stats().pending()).isZero();
    }

    @Test
    void memory_does_not_grow_with_the_number_of_counters() {
        MemoryStore store = new MemoryStore(2);
        EngineConfig small = new EngineConfig("n1", 1_000, 1_000, 1_000, 10, 64, 1_000, true);
        EngineFixture g = new EngineFixture(store, small);
        for (int round = 1; round <= 3; round++) {
            for (int i = 0; i < 2_000; i++) {
                g.add("key-" + i, 1);
                if (i % 50 == 0) {
                    g.environment.run();
                }
            }
            g.environment.run();
            assertThat(g.engine.stats().cached()).isLessThan(200);
        }
        for (int i = 0; i < 2_000; i++) {
            assertThat(g.answerTo(g.get("key-" + i))).isEqualTo(value(3));
        }
        assertThat(g.engine.stats().counters()).isEqualTo(2_000).isEqualTo(store.headCounters());
    }

    @Test
    void long_keys_take_more_of_the_memory_for_counters() {
        int most = 500;
        int bytes = most * EngineConfig.BYTES_PER_COUNTER;
        for (int length : new int[] {8, 48, 256}) {
            EngineFixture g = new EngineFixture(
                    new MemoryStore(1), new EngineConfig("n1", 1_000, 1_000, 1_000, 10, most, 1_000, true));
            for (int i = 0; i < 2_000; i++) {
                g.answerTo(g.add(String.format("%0" + length + "d", i), 1));
            }
            assertThat(g.engine.stats().cached()).isBetween(bytes / (160 + length), bytes / (150 + length));
        }
    }

    @Test
    void beyond_the_bound_of_waiting_operations_there_is_a_clear_refusal() {
        EngineFixture g =
                new EngineFixture(new MemoryStore(1), new EngineConfig("n1", 1_000, 1_000, 1_000, 10, 64, 3, true));
        g.store.holding = true;
        List<EngineFixture.Slot> slots = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            slots.add(g.add("k", 1));
        }
        assertThat(slots.get(3).get()).isEqualTo(only(Outcome.BUSY));
        g.environment.run();
        g.store.held.get(0).complete(g.store.apply(g.store.submitted.get(0)));
        assertThat(g.answerTo(slots.get(2))).isEqualTo(value(3));
    }

    @Test
    void groups_larger_than_a_commit_are_split_and_keep_their_order() {
        EngineFixture g = new EngineFixture(
                new MemoryStore(1), new EngineConfig("n1", 1_000, 1_000, 1_000, 10, 100_000, 100_000, true));
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 5_000; i++) {
                g.add("key-" + i, 1);
            }
        }
        EngineFixture.Slot last = g.add("key-0", 1);
        assertThat(g.answerTo(last)).isEqualTo(value(3));
        assertThat(g.store.submitted)
                .allSatisfy(commit -> assertThat(commit.changes()).hasSizeLessThanOrEqualTo(2_048));
        assertThat(g.store.storedCounters()).isEqualTo(5_000);
        assertThat(g.answerTo(g.get("key-4999"))).isEqualTo(value(2));
    }

    @Test
    void a_drain_answers_everything_accepted_and_takes_no_more() {
        f.store.holding = true;
        EngineFixture.Slot accepted = f.add("k", 1);
        f.environment.run();
        CompletableFuture<Void> drained = f.engine.drain().toCompletableFuture();
        assertThat(f.answerTo(f.add("k", 1))).isEqualTo(only(Outcome.STOPPING));
        assertThat(drained).isNotDone();
        f.store.held.get(0).complete(f.store.apply(f.store.submitted.get(0)));
        assertThat(f.answerTo(accepted)).isEqualTo(value(1));
        assertThat(drained).isDone();
    }

    @Test
    void counters_are_listed_in_key_order_over_all_shards_in_pages() {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 250; i++) {
            String key = String.format("page/%03d", i);
            expected.add(key);
            f.add(key, i);
        }
        f.add("other", 1);
        f.environment.run();
        List<String> listed = new ArrayList<>();
        Key after = null;
        do {
            CompletableFuture<CounterPage> page = f.engine
                    .list("page/".getBytes(StandardCharsets.UTF_8), after, 7)
                    .toCompletableFuture();
            f.environment.run();
            page.join().counters().forEach(row -> listed.add(row.key().toString()));
            after = page.join().next();
        } while (after != null);
        assertThat(listed).isEqualTo(expected);
    }

    @Test
    void a_session_is_not_an_identity_of_single_operations() {
        assertThatThrownBy(() -> f.submit(new Operation.Add(Key.of("k"), 1), new Identity.SessionBatch("s", 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
