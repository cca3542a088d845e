package dev.odometer.engine;

import static dev.odometer.engine.EngineFixture.only;
import static dev.odometer.engine.EngineFixture.replay;
import static dev.odometer.engine.EngineFixture.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.odometer.engine.model.Identity;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.model.Operation;
import dev.odometer.engine.store.CommitOutcome;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ExactlyOnceTest {
    private final EngineFixture f = new EngineFixture(4);

    @Test
    void the_same_key_gives_one_effect_and_the_first_answer() {
        assertThat(f.answerTo(f.keyed("k", 5, "a"))).isEqualTo(value(5));
        f.answerTo(f.add("k", 1));
        assertThat(f.answerTo(f.keyed("k", 5, "a"))).isEqualTo(replay(5));
        assertThat(f.answerTo(f.get("k"))).isEqualTo(value(6));
    }

    @Test
    void the_first_answer_survives_a_restart() {
        f.answerTo(f.keyed("k", 5, "a"));
        f.engine = f.start(EngineFixture.config());
        assertThat(f.answerTo(f.keyed("k", 5, "a"))).isEqualTo(replay(5));
        assertThat(f.answerTo(f.get("k"))).isEqualTo(value(5));
    }

    @Test
    void a_refusal_is_remembered_like_any_first_answer() {
        f.answerTo(f.add("k", Long.MAX_VALUE));
        assertThat(f.answerTo(f.keyed("k", 1, "a")).outcome()).isEqualTo(Outcome.OVERFLOW);
        f.answerTo(f.add("k", -10));
        assertThat(f.answerTo(f.keyed("k", 1, "a"))).isEqualTo(new Answer(Outcome.OVERFLOW, Long.MAX_VALUE, true));
    }

    @Test
    void a_concurrent_twin_waits_for_the_same_commit() {
        f.store.holding = true;
        EngineFixture.Slot first = f.keyed("k", 5, "a");
        f.environment.run();
        EngineFixture.Slot twin = f.keyed("k", 5, "a");
        f.environment.run();
        assertThat(twin.answer).isNull();
        f.store.held.get(0).complete(f.store.apply(f.store.submitted.get(0)));
        assertThat(f.answerTo(first)).isEqualTo(value(5));
        assertThat(twin.get()).isEqualTo(replay(5));
    }

    @Test
    void another_payload_under_the_same_key_is_a_conflict_also_on_another_counter() {
        f.answerTo(f.keyed("k", 5, "a"));
        assertThat(f.answerTo(f.keyed("k", 6, "a"))).isEqualTo(only(Outcome.CONFLICT));
        for (int i = 0; i < 10; i++) {
            assertThat(f.answerTo(f.keyed("other-" + i, 5, "a"))).isEqualTo(only(Outcome.CONFLICT));
        }
    }

    @Test
    void after_the_window_a_key_is_new_and_its_record_is_deleted_by_a_commit() {
        f.answerTo(f.keyed("k", 5, "a"));
        f.environment.pass(3_600_000 - 1_000);
        assertThat(f.answerTo(f.keyed("k", 5, "a"))).isEqualTo(replay(5));
        f.environment.pass(EngineConfig.MAX_CLOCK_SKEW_MILLIS + 10_000);
        assertThat(f.store.identityRows()).isZero();
        assertThat(f.engine.stats().identities()).isZero();
        assertThat(f.answerTo(f.keyed("k", 5, "a"))).isEqualTo(value(10));
    }

    @Test
    void what_expired_while_the_server_was_down_is_forgotten_in_every_shard() {
        EngineConfig roomy = new EngineConfig("n1", 3_600_000, 60_000, 60_000, 10_000, 10_000, 10_000, true);
        EngineFixture g = new EngineFixture(new MemoryStore(4), roomy);
        for (int i = 0; i < 8_000; i++) {
            g.keyed("k" + i, 1, "key-" + i);
        }
        g.environment.run();
        g.environment.millis += 3_600_000 + EngineConfig.MAX_CLOCK_SKEW_MILLIS + 1;
        for (int shard = 0; shard < 4; shard++) {
            g.engine.drop(shard); // the process before the restart
        }
        g.store.holdingIdentities = true;
        g.engine = g.start(roomy);
        while (!g.store.heldIdentities.isEmpty()) {
            g.store.releaseIdentities(
                    0); // page by page in turn: some shards serve, and forget, while others still load
            g.environment.pass(1);
        }
        g.environment.pass(30_000);
        assertThat(g.engine.stats().identities()).isZero();
        assertThat(g.store.identityRows()).isZero();
    }

    @Test
    void request_ids_have_a_window_of_their_own() {
        Identity id = new Identity.RequestId("r");
        Operation add = new Operation.Add(Key.of("k"), 1);
        assertThat(f.answerTo(f.submit(add, id))).isEqualTo(value(1));
        f.environment.pass(59_000);
        assertThat(f.answerTo(f.submit(add, id))).isEqualTo(replay(1));
        f.environment.pass(EngineConfig.MAX_CLOCK_SKEW_MILLIS + 5_000);
        assertThat(f.answerTo(f.submit(add, id))).isEqualTo(value(2));
    }

    @Test
    void a_timed_key_that_is_too_old_or_from_the_future_is_refused_not_guessed() {
        assertThat(f.answerTo(f.keyed("k", 1, uuidV7(f.environment.millis - 3_600_001))))
                .isEqualTo(only(Outcome.EXPIRED));
        assertThat(f.answerTo(f.keyed("k", 1, uuidV7(f.environment.millis + 3_600_000))))
                .isEqualTo(only(Outcome.EXPIRED));
        String recent = uuidV7(f.environment.millis - 1_000);
        assertThat(f.answerTo(f.keyed("k", 1, recent))).isEqualTo(value(1));
        f.environment.pass(3_590_000);
        assertThat(f.answerTo(f.keyed("k", 1, recent))).isEqualTo(replay(1));
        f.environment.pass(3_600_000);
        assertThat(f.answerTo(f.keyed("k", 1, recent))).isEqualTo(only(Outcome.EXPIRED));
    }

    @Test
    void a_timed_key_from_a_clock_ahead_is_never_forgotten_while_it_would_be_taken() {
        String ahead = uuidV7(f.environment.millis + EngineConfig.MAX_CLOCK_SKEW_MILLIS);
        assertThat(f.answerTo(f.keyed("k", 1, ahead))).isEqualTo(value(1));
        for (int minute = 0; minute < 70; minute++) {
            f.environment.pass(60_000);
            Answer answer = f.answerTo(f.keyed("k", 1, ahead));
            assertThat(answer).isIn(replay(1), only(Outcome.EXPIRED));
        }
    }

    @Test
    void at_the_bound_of_the_window_new_keys_are_refused_and_old_ones_not_forgotten() {
        EngineFixture g =
                new EngineFixture(new MemoryStore(2), new EngineConfig("n1", 10_000, 1_000, 1_000, 3, 64, 100, true));
        for (int i = 0; i < 3; i++) {
            assertThat(g.answerTo(g.keyed("k", 1, "key-" + i))).isEqualTo(value(i + 1));
        }
        assertThat(g.answerTo(g.keyed("k", 1, "one-more"))).isEqualTo(only(Outcome.WINDOW_FULL));
        assertThat(g.answerTo(g.keyed("k", 1, "key-0"))).isEqualTo(replay(1));
        assertThat(g.answerTo(g.add("k", 1))).isEqualTo(value(4));
        g.environment.pass(10_000 + EngineConfig.MAX_CLOCK_SKEW_MILLIS + 2_000);
        assertThat(g.answerTo(g.keyed("k", 1, "one-more"))).isEqualTo(value(5));
    }

    @Test
    void what_is_remembered_is_answered_where_more_has_been_loaded_than_there_is_room_for() {
        for (int i = 0; i < 3; i++) {
            f.answerTo(f.keyed("k", 1, "key-" + i));
        }
        f.engine = f.start(new EngineConfig("n1", 3_600_000, 60_000, 1_000, 2, 64, 100, true));
        assertThat(f.engine.stats().identities()).isEqualTo(3);
        assertThat(f.answerTo(f.keyed("k", 1, "key-1"))).isEqualTo(replay(2));
        assertThat(f.answerTo(f.keyed("k", 2, "key-1"))).isEqualTo(only(Outcome.CONFLICT));
        assertThat(f.answerTo(f.keyed("k", 1, "new"))).isEqualTo(only(Outcome.WINDOW_FULL));
    }

    @Test
    void the_answers_of_a_large_batch_take_more_of_the_window() {
        EngineFixture g = new EngineFixture(
                new MemoryStore(1), new EngineConfig("n1", 10_000, 1_000, 10_000, 33, 64, 2_000, true));
        List<Operation> many = Collections.nCopies(999, new Operation.Add(Key.of("k"), 1));
        CompletionStage<BatchAnswer> first = g.engine.batch(many, new Identity.IdempotencyKey("many"));
        g.environment.run();
        assertThat(first.toCompletableFuture().join().refusal()).isEqualTo(Outcome.VALUE);
        assertThat(g.engine.stats().identities()).isEqualTo(32);
        CompletionStage<BatchAnswer> second = g.engine.batch(many, new Identity.SessionBatch("s", 1));
        g.environment.run();
        assertThat(second.toCompletableFuture().join().refusal()).isEqualTo(Outcome.WINDOW_FULL);
        assertThat(g.answerTo(g.keyed("k", 1, "one"))).isEqualTo(value(1_000));
        assertThat(g.engine.stats().identities()).isEqualTo(33);
        g.environment.pass(10_000 + EngineConfig.MAX_CLOCK_SKEW_MILLIS + 2_000);
        g.environment.run();
        assertThat(g.engine.stats().identities()).isZero();
    }

    @Test
    void a_store_that_refuses_leaves_no_trace_of_the_key() {
        f.store.fault = commit -> new CommitOutcome.Unavailable(new IllegalStateException("disk full"));
        assertThat(f.answerTo(f.keyed("k", 5, "a"))).isEqualTo(only(Outcome.UNAVAILABLE));
        assertThat(f.engine.stats().identities()).isZero();
        f.store.fault = null;
        assertThat(f.answerTo(f.keyed("k", 5, "a"))).isEqualTo(value(5));
    }

    @Test
    void a_batch_under_a_key_is_applied_once_over_all_its_shards() {
        List<Operation> operations = adds("a", "b", "c", "d", "e", "f", "a");
        BatchAnswer first = batch(operations, new Identity.IdempotencyKey("batch"));
        assertThat(first.answers()).hasSize(7).allMatch(answer -> answer.outcome() == Outcome.VALUE);
        assertThat(first.answers().get(6).value()).isEqualTo(2);
        BatchAnswer again = batch(operations, new Identity.IdempotencyKey("batch"));
        assertThat(again.replayed()).isTrue();
        assertThat(again.answers()).extracting(Answer::value).containsExactly(1L, 1L, 1L, 1L, 1L, 1L, 2L);
        assertThat(batch(adds("a", "b"), new Identity.IdempotencyKey("batch")).refusal())
                .isEqualTo(Outcome.CONFLICT);
        assertThat(f.answerTo(f.get("a"))).isEqualTo(value(2));
    }

    @Test
    void a_batch_that_was_applied_in_part_is_completed_by_its_retry() {
        List<Operation> operations = adds("a", "b", "c", "d", "e", "f", "g", "h");
        int failing = Key.of("a").shard(4);
        f.store.fault = commit -> commit.shard() == failing
                ? new CommitOutcome.Unavailable(new IllegalStateException("no"))
                : f.store.apply(commit);
        assertThat(batch(operations, new Identity.IdempotencyKey("batch")).refusal())
                .isEqualTo(Outcome.UNKNOWN);
        f.store.fault = null;
        BatchAnswer retried = batch(operations, new Identity.IdempotencyKey("batch"));
        assertThat(retried.answers()).allMatch(answer -> answer.value() == 1);
        assertThat(retried.replayed()).isFalse();
        operations.forEach(operation ->
                assertThat(f.answerTo(f.get(operation.key().toString()))).isEqualTo(value(1)));
    }

    @Test
    void sessions_count_each_batch_once_by_its_sequence() {
        assertThat(session("s", 1, adds("a", "b")).refusal()).isEqualTo(Outcome.VALUE);
        assertThat(session("s", 1, adds("a", "b")).replayed()).isTrue();
        assertThat(session("s", 2, adds("c")).replayed()).isFalse();
        BatchAnswer gap = session("s", 5, adds("c"));
        assertThat(gap.refusal()).isEqualTo(Outcome.OUT_OF_SEQUENCE);
        assertThat(gap.expectedSequence()).isEqualTo(3);
        BatchAnswer old = session("s", 1, adds("a", "b"));
        assertThat(old.refusal()).isEqualTo(Outcome.OUT_OF_SEQUENCE);
        assertThat(old.expectedSequence()).isEqualTo(3);
        assertThat(session("s", 2, adds("x")).refusal()).isEqualTo(Outcome.CONFLICT);
        assertThat(session("new", 2, adds("x")).expectedSequence()).isEqualTo(1);
        assertThat(f.answerTo(f.get("a"))).isEqualTo(value(1));
        assertThat(f.answerTo(f.get("c"))).isEqualTo(value(1));
    }

    @Test
    void a_session_survives_a_restart() {
        session("s", 1, adds("a"));
        session("s", 2, adds("b"));
        f.engine = f.start(EngineFixture.config());
        assertThat(session("s", 2, adds("b")).replayed()).isTrue();
        assertThat(session("s", 4, adds("b")).expectedSequence()).isEqualTo(3);
        assertThat(session("s", 3, adds("b")).answers()).containsExactly(value(2));
    }

    @Test
    void a_sessions_batch_that_was_applied_in_part_is_completed_by_its_retry() {
        List<Operation> operations = adds("a", "b", "c", "d", "e", "f", "g", "h");
        for (int failing = 0; failing < 4; failing++) {
            int shard = failing;
            f.store.fault = commit -> commit.shard() == shard
                    ? new CommitOutcome.Unavailable(new IllegalStateException("no"))
                    : f.store.apply(commit);
            assertThat(session("s" + shard, 1, operations).refusal()).isEqualTo(Outcome.UNKNOWN);
            f.store.fault = null;
            assertThat(session("s" + shard, 1, operations).refusal()).isEqualTo(Outcome.VALUE);
            long expected = shard + 1;
            operations.forEach(operation ->
                    assertThat(f.answerTo(f.get(operation.key().toString()))).isEqualTo(value(expected)));
        }
    }

    @Test
    void the_next_batch_of_a_session_waits_for_the_answer_to_the_one_before() {
        f.store.holding = true;
        CompletableFuture<BatchAnswer> first =
                f.engine.batch(adds("a"), new Identity.SessionBatch("s", 1)).toCompletableFuture();
        f.environment.run();
        assertThat(session("s", 2, adds("b")).refusal()).isEqualTo(Outcome.UNAVAILABLE);
        assertThat(session("s", 3, adds("b")).refusal()).isEqualTo(Outcome.OUT_OF_SEQUENCE);
        f.store.holding = false;
        for (int i = 0; i < f.store.held.size(); i++) {
            f.store.held.get(i).complete(f.store.apply(f.store.submitted.get(i)));
        }
        f.environment.run();
        assertThat(first).isDone();
        assertThat(session("s", 2, adds("b")).answers()).containsExactly(value(1));
    }

    @Test
    void copies_of_a_batch_that_still_wait_do_not_hold_up_the_next_one_of_its_session() {
        f.store.holding = true;
        CompletableFuture<BatchAnswer> first =
                f.engine.batch(adds("a"), new Identity.SessionBatch("s", 1)).toCompletableFuture();
        f.environment.run();
        f.add("a", 1); // opens the next group, which the copy waits for
        CompletableFuture<BatchAnswer> copy =
                f.engine.batch(adds("a"), new Identity.SessionBatch("s", 1)).toCompletableFuture();
        f.environment.run();
        int held = f.store.held.size();
        for (int i = 0; i < held; i++) {
            f.store.held.get(i).complete(f.store.apply(f.store.submitted.get(i)));
        }
        f.environment.run();
        assertThat(first).isDone();
        assertThat(copy).isNotDone();
        CompletableFuture<BatchAnswer> next =
                f.engine.batch(adds("a"), new Identity.SessionBatch("s", 2)).toCompletableFuture();
        f.store.holding = false;
        for (int i = held; i < f.store.held.size(); i++) {
            f.store.held.get(i).complete(f.store.apply(f.store.submitted.get(i)));
        }
        f.environment.run();
        assertThat(next.getNow(null).answers()).containsExactly(value(3));
    }

    @Test
    void an_owner_that_was_replaced_does_not_judge_a_sessions_sequence() {
        Engine replaced = f.engine;
        session("s", 1, adds("a"));
        f.engine = f.start(EngineFixture.config());
        session("s", 2, adds("a"));
        f.engine = replaced;
        assertThat(session("s", 3, adds("a")).refusal()).isEqualTo(Outcome.UNAVAILABLE);
        assertThat(session("s", 3, adds("a")).answers()).containsExactly(value(3));
    }

    @Test
    void a_timed_batch_is_not_applied_again_where_only_a_part_of_it_is_still_remembered() {
        List<Operation> operations = adds("a", "b", "c", "d", "e", "f", "g", "h");
        Identity key = new Identity.IdempotencyKey(uuidV7(f.environment.millis));
        int failing = Key.of("a").shard(4);
        f.store.fault = commit -> commit.shard() == failing
                ? new CommitOutcome.Unavailable(new IllegalStateException("no"))
                : f.store.apply(commit);
        assertThat(batch(operations, key).refusal()).isEqualTo(Outcome.UNKNOWN);
        f.environment.pass(3_000_000);
        f.store.fault = null;
        assertThat(batch(operations, key).refusal()).isEqualTo(Outcome.VALUE);
        f.environment.pass(600_000 + EngineConfig.MAX_CLOCK_SKEW_MILLIS + 2_000);
        assertThat(batch(operations, key).refusal()).isEqualTo(Outcome.EXPIRED);
        operations.forEach(operation ->
                assertThat(f.answerTo(f.get(operation.key().toString()))).isEqualTo(value(1)));
    }

    @Test
    void identities_go_on_being_forgotten_after_a_shard_was_lost_and_acquired_again() {
        f.answerTo(f.keyed("k", 1, "a"));
        f.environment.pass(2_000);
        Engine other = f.start(EngineFixture.config());
        f.answerTo(f.add("k", 1)); // is refused, and the first engine acquires the shard again
        assertThat(f.events).contains("lost " + Key.of("k").shard(4));
        f.environment.pass(3_600_000 + EngineConfig.MAX_CLOCK_SKEW_MILLIS + 5_000);
        assertThat(f.store.identityRows()).isZero();
        assertThat(other).isNotSameAs(f.engine);
    }

    private BatchAnswer session(String name, long sequence, List<Operation> operations) {
        return batch(operations, new Identity.SessionBatch(name, sequence));
    }

    private BatchAnswer batch(List<Operation> operations, @Nullable Identity identity) {
        CompletableFuture<BatchAnswer> future =
                f.engine.batch(operations, identity).toCompletableFuture();
        f.environment.run();
        return future.join();
    }

    private static List<Operation> adds(String... keys) {
        return java.util.Arrays.stream(keys)
                .<Operation>map(key -> new Operation.Add(Key.of(key), 1))
                .toList();
    }

    private static String uuidV7(long millis) {
        String hex = String.format("%012x", millis);
        return hex.substring(0, 8) + "-" + hex.substring(8) + "-7abc-8def-0123456789ab";
    }
}
