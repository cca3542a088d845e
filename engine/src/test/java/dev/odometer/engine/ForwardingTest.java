package dev.odometer.engine;

import static dev.odometer.engine.EngineFixture.only;
import static dev.odometer.engine.EngineFixture.replay;
import static dev.odometer.engine.EngineFixture.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.odometer.engine.model.Identity;
import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.model.Operation;
import dev.odometer.engine.store.Head;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two engines on one store: what belongs to the other goes there, and counts once. */
class ForwardingTest {
    private static final int SHARDS = 4;

    private final MemoryStore store = new MemoryStore(SHARDS);
    private final ManualEnvironment environment = new ManualEnvironment();
    private final Engine one = engine("one");
    private final Engine two = engine("two");
    private long currentSinceNanos = Long.MIN_VALUE;
    private int forwardedReads;

    private Engine engine(String owner) {
        EngineConfig config = new EngineConfig(owner, 3_600_000, 60_000, 3_600_000, 1_000, 1_000, 1_000, false);
        return new Engine(config, store, environment, EngineListener.NONE);
    }

    @BeforeEach
    void shardsAreSharedOut() {
        one.forwardTo(new Bridge(two));
        two.forwardTo(new Bridge(one));
        for (int shard = 0; shard < SHARDS; shard++) {
            (shard % 2 == 0 ? one : two).acquire(shard);
        }
        environment.run();
    }

    @Test
    void either_engine_takes_any_operation() {
        for (int i = 0; i < 20; i++) {
            assertThat(answer(one, add("k" + i))).isEqualTo(value(1));
            assertThat(answer(two, add("k" + i))).isEqualTo(value(2));
            assertThat(answer(one, new Operation.Get(Key.of("k" + i)))).isEqualTo(value(2));
        }
        assertThat(one.stats().pending() + two.stats().pending()).isZero();
        assertThat(store.storedCounters()).isEqualTo(20);
        CompletableFuture<Long> counted = one.count().toCompletableFuture();
        environment.run();
        assertThat(counted).isCompletedWithValue(20L);
    }

    @Test
    void an_idempotency_key_counts_once_through_either_engine() {
        for (int i = 0; i < 10; i++) {
            Identity identity = new Identity.IdempotencyKey("key-" + i);
            assertThat(answer(one, add("k" + i), identity)).isEqualTo(value(1));
            assertThat(answer(two, add("k" + i), identity)).isEqualTo(replay(1));
            Operation other = new Operation.Add(Key.of("k" + i), 2);
            assertThat(answer(one, other, identity)).isEqualTo(only(Outcome.CONFLICT));
            assertThat(answer(two, other, identity)).isEqualTo(only(Outcome.CONFLICT));
        }
    }

    @Test
    void a_session_is_numbered_by_its_home_whoever_is_asked() {
        List<Operation> operations = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            operations.add(add("k" + i));
        }
        for (int s = 0; s < 8; s++) {
            Identity first = new Identity.SessionBatch("s" + s, 1);
            assertThat(batch(s % 2 == 0 ? one : two, operations, first).refusal())
                    .isEqualTo(Outcome.VALUE);
            BatchAnswer again = batch(s % 2 == 0 ? two : one, operations, first);
            assertThat(again.replayed()).isTrue();
            assertThat(again.answers().get(0).value()).isEqualTo(s + 1);
            BatchAnswer gap = batch(one, operations, new Identity.SessionBatch("s" + s, 3));
            assertThat(gap.refusal()).isEqualTo(Outcome.OUT_OF_SEQUENCE);
            assertThat(gap.expectedSequence()).isEqualTo(2);
        }
        assertThat(answer(one, new Operation.Get(Key.of("k7")))).isEqualTo(value(8));
    }

    @Test
    void a_batch_of_a_lane_that_is_resent_to_the_next_owner_counts_once() {
        String key = keyOf(0);
        List<Operation> operations = List.of(add(key), add(key));
        Remembering lane = Remembering.ofLane(new IdentityId(1, 2), 1, operations, 60_000);
        RemotePart part = new RemotePart(0, operations, lane);
        assertThat(answers(one, part)).containsExactly(value(1), value(2));
        two.acquire(0);
        environment.run();
        assertThat(answers(two, part)).containsExactly(replay(1), replay(2));
        Remembering next = Remembering.ofLane(new IdentityId(1, 2), 2, operations, 60_000);
        assertThat(answers(two, new RemotePart(0, operations, next))).containsExactly(value(3), value(4));
        assertThat(answers(two, part)).allMatch(late -> late.outcome() == Outcome.OUT_OF_SEQUENCE);
        assertThat(answers(one, new RemotePart(0, operations, next)))
                .as("the old owner is fenced, and forwards nothing")
                .containsExactly(only(Outcome.UNAVAILABLE), only(Outcome.UNAVAILABLE));
        assertThat(answer(two, new Operation.Get(Key.of(key)))).isEqualTo(value(4));
    }

    @Test
    void behind_a_part_that_may_do_better_the_next_time_none_is_applied() {
        List<Operation> add = List.of(add(keyOf(0)));
        List<RemotePart> parts = new ArrayList<>();
        for (int sequence = 1; sequence <= 2; sequence++) {
            parts.add(new RemotePart(0, add, Remembering.ofLane(new IdentityId(1, 2), sequence, add, 60_000)));
        }
        parts.add(new RemotePart(0, add, Remembering.ofLane(new IdentityId(3, 4), 1, add, 60_000)));
        assertThat(answersTogether(parts))
                .as("the second batch of a lane is not taken before the first one is committed")
                .containsExactly(value(1), only(Outcome.UNAVAILABLE), only(Outcome.UNAVAILABLE));
        assertThat(answersTogether(parts)).containsExactly(replay(1), value(2), value(3));
        assertThat(one.stats().pending()).isZero();
    }

    @Test
    void parts_that_come_together_keep_their_order_while_a_counter_is_loaded() {
        String known = keyOf(0);
        String unknown = IntStream.iterate(1_000, i -> i + 1)
                .mapToObj(i -> "k" + i)
                .filter(key -> Key.of(key).shard(SHARDS) == 0)
                .findFirst()
                .orElseThrow();
        assertThat(answer(one, add(known))).isEqualTo(value(1));
        List<Operation> both = List.of(add(unknown), add(known));
        List<Operation> later = List.of(add(known));
        store.holdingReads = true;
        EngineFixture.Slot last = new EngineFixture.Slot();
        one.submit(
                List.of(
                        new RemotePart(0, both, Remembering.ofLane(new IdentityId(1, 2), 1, both, 60_000)),
                        new RemotePart(0, later, Remembering.ofLane(new IdentityId(3, 4), 1, later, 60_000))),
                List.<AnswerSink>of(
                        (token, outcome, value, replayed) -> assertThat(value).isEqualTo(token + 1), last));
        environment.run();
        store.heldReads.get(0).complete(Optional.empty());
        environment.run();
        assertThat(last.get()).isEqualTo(value(3));
        assertThat(one.stats().pending()).isZero();
    }

    @Test
    void parts_that_wait_for_counters_are_not_applied_when_the_shard_is_lost_meanwhile() {
        String known = keyOf(0);
        assertThat(answer(one, add(known))).isEqualTo(value(1));
        store.holdingReads = true;
        List<Operation> first = List.of(add(known));
        List<Operation> second = List.of(add(otherKeyOf(0, known)));
        EngineFixture.Slot[] slots = {new EngineFixture.Slot(), new EngineFixture.Slot()};
        one.submit(
                List.of(
                        new RemotePart(0, first, Remembering.ofLane(new IdentityId(1, 2), 1, first, 60_000)),
                        new RemotePart(0, second, Remembering.ofLane(new IdentityId(3, 4), 1, second, 60_000))),
                List.of(slots));
        environment.run();
        store.holdingReads = false;
        one.drop(0);
        assertThat(slots[0].get()).isEqualTo(only(Outcome.UNAVAILABLE));
        assertThat(slots[1].get()).isEqualTo(only(Outcome.UNAVAILABLE));
        assertThat(one.stats().pending()).isZero();
        two.acquire(0);
        environment.run();
        assertThat(answer(two, add(known))).isEqualTo(value(2));
        two.release(0);
        environment.run();
        one.acquire(0);
        environment.run();
        assertThat(answer(one, add(known))).isEqualTo(value(3));
        assertThat(store.storedCounters()).isEqualTo(1);
    }

    private static String otherKeyOf(int shard, String key) {
        int i = 0;
        while (Key.of("other" + i).shard(SHARDS) != shard || key.equals("other" + i)) {
            i++;
        }
        return "other" + i;
    }

    private List<Answer> answersTogether(List<RemotePart> parts) {
        List<EngineFixture.Slot> slots =
                parts.stream().map(part -> new EngineFixture.Slot()).toList();
        one.submit(parts, slots);
        environment.run();
        return slots.stream().map(EngineFixture.Slot::get).toList();
    }

    @Test
    void a_part_with_a_key_of_another_shard_is_refused() {
        List<Operation> operations = List.of(add(keyOf(1)));
        Remembering lane = Remembering.ofLane(new IdentityId(1, 2), 1, operations, 60_000);
        assertThatThrownBy(() -> one.submit(new RemotePart(0, operations, lane), new EngineFixture.Slot()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_release_finishes_what_was_accepted_and_forwards_what_comes() {
        String key = keyOf(0);
        store.holding = true;
        EngineFixture.Slot accepted = new EngineFixture.Slot();
        one.submit(add(key), null, accepted, 0);
        environment.run();
        EngineFixture.Slot behind = new EngineFixture.Slot();
        one.submit(add(key), null, behind, 0);
        CompletableFuture<Void> released = one.release(0).toCompletableFuture();
        environment.run();
        assertThat(released).isNotDone();
        EngineFixture.Slot late = new EngineFixture.Slot();
        one.submit(add(key), null, late, 0);
        environment.run();
        assertThat(late.get()).as("nobody serves it now").isEqualTo(only(Outcome.UNAVAILABLE));

        store.holding = false;
        store.held.get(0).complete(store.apply(store.submitted.get(store.submitted.size() - 1)));
        environment.run();
        assertThat(accepted.get()).isEqualTo(value(1));
        assertThat(behind.get()).isEqualTo(value(2));
        assertThat(released).isCompleted();
        two.acquire(0);
        environment.run();
        assertThat(answer(one, add(key))).isEqualTo(value(3));
        assertThat(one.isServing(0)).isFalse();
        assertThat(one.stats().pending()).isZero();
    }

    @Test
    void a_shard_that_is_wanted_back_while_it_is_released_serves_again() {
        String key = keyOf(0);
        store.holding = true;
        EngineFixture.Slot accepted = new EngineFixture.Slot();
        one.submit(add(key), null, accepted, 0);
        environment.run();
        CompletableFuture<Void> released = one.release(0).toCompletableFuture();
        CompletableFuture<ShardStatus> back = one.acquire(0).toCompletableFuture();
        environment.run();
        assertThat(released).isNotDone();
        store.holding = false;
        store.held.get(0).complete(store.apply(store.submitted.get(store.submitted.size() - 1)));
        environment.run();
        assertThat(accepted.get()).isEqualTo(value(1));
        assertThat(released).isCompleted();
        assertThat(back).isCompletedWithValueMatching(ShardStatus::serving);
        assertThat(answer(two, add(key))).isEqualTo(value(2));
    }

    @Test
    void a_shard_that_is_given_up_while_it_is_acquired_leaves_no_identities_behind() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(answer(one, add(keyOf(0)), new Identity.IdempotencyKey("key-" + i)))
                    .isEqualTo(value(i + 1));
        }
        store.holdingIdentities = true;
        two.acquire(0);
        environment.run();
        store.releaseIdentities(0); // a full page: there may be more
        environment.run();
        assertThat(two.stats().identities()).isEqualTo(1_000);
        assertThat(two.release(0)).isCompleted();
        assertThat(two.stats().identities()).isZero();
    }

    @Test
    void a_read_for_another_node_goes_no_further_where_the_shard_is_released_meanwhile() {
        Key key = Key.of(keyOf(0));
        store.holding = true;
        one.submit(add(keyOf(0)), null, new EngineFixture.Slot(), 0);
        environment.run();
        EngineFixture.Slot read = new EngineFixture.Slot();
        one.read(key, true, read, 0);
        one.release(0);
        environment.run();
        assertThat(read.get()).isEqualTo(only(Outcome.UNAVAILABLE));
        assertThat(forwardedReads).isZero();
    }

    @Test
    void an_owner_that_may_have_been_replaced_asks_the_store_before_it_answers_a_read() {
        String key = keyOf(0);
        assertThat(answer(one, add(key))).isEqualTo(value(1));
        two.acquire(0);
        environment.run();
        assertThat(answer(two, add(key))).isEqualTo(value(2));
        assertThat(answer(one, new Operation.Get(Key.of(key))))
                .as("nobody has told it yet")
                .isEqualTo(value(1));
        currentSinceNanos = Long.MAX_VALUE;
        assertThat(answer(one, new Operation.Get(Key.of(key)))).isEqualTo(value(2));
        assertThat(answer(two, new Operation.Get(Key.of(key)))).isEqualTo(value(2));
        assertThat(one.stats().pending() + two.stats().pending()).isZero();
    }

    @Test
    void a_node_that_was_gone_for_a_while_asks_the_store_once_before_it_trusts_its_memory_again() {
        String key = keyOf(0);
        assertThat(answer(one, add(key))).isEqualTo(value(1));
        two.acquire(0);
        environment.run();
        assertThat(answer(two, add(key))).isEqualTo(value(2));
        currentSinceNanos = environment.nanos() + 1; // it was gone, and is back
        environment.pass(1);
        assertThat(answer(one, new Operation.Get(Key.of(key)))).isEqualTo(value(2));
        assertThat(one.isServing(0))
                .as("it has learned that it is the owner no more")
                .isFalse();
        assertThat(answer(two, new Operation.Get(Key.of(key)))).isEqualTo(value(2));
    }

    @Test
    void an_owner_that_may_have_been_replaced_asks_the_store_before_it_says_that_there_is_nothing_to_do() {
        String key = keyOf(0);
        Operation delete = new Operation.Delete(Key.of(key));
        assertThat(answer(one, delete)).isEqualTo(only(Outcome.ABSENT));
        two.acquire(0);
        environment.run();
        assertThat(answer(two, add(key))).isEqualTo(value(1));
        currentSinceNanos = Long.MAX_VALUE;
        assertThat(answer(one, delete)).isEqualTo(new Answer(Outcome.DELETED, 1, false));
        assertThat(answer(two, delete)).as("still the owner").isEqualTo(only(Outcome.ABSENT));
        assertThat(one.stats().pending() + two.stats().pending()).isZero();
    }

    @Test
    void an_owner_in_doubt_asks_the_store_although_it_was_never_gone() {
        String key = keyOf(0);
        assertThat(answer(one, add(key))).isEqualTo(value(1));
        two.acquire(0);
        environment.run();
        CompletionStage<Boolean> mine = one.doubt(0);
        environment.run();
        assertThat(mine.toCompletableFuture()).isCompletedWithValue(false);
        assertThat(one.isServing(0)).isFalse();
        CompletionStage<Boolean> its = two.confirm(0);
        environment.run();
        assertThat(its.toCompletableFuture()).isCompletedWithValue(true);
        assertThat(two.isServing(0)).isTrue();
    }

    @Test
    void what_the_store_was_asked_before_a_doubt_does_not_settle_it() {
        String key = keyOf(0);
        assertThat(answer(one, add(key))).isEqualTo(value(1));
        store.holdingHeads = true;
        one.confirm(0);
        environment.run();
        Head before = store.heads[0];
        two.acquire(0);
        environment.run();
        assertThat(answer(two, add(key))).isEqualTo(value(2));
        one.doubt(0);
        environment.run();
        store.heldHeads.get(0).complete(before);
        environment.run();
        EngineFixture.Slot read = new EngineFixture.Slot();
        one.submit(new Operation.Get(Key.of(key)), null, read, 0);
        environment.run();
        assertThat(read.answer).as("it has to ask the store").isNull();
        store.holdingHeads = false;
        List.copyOf(store.heldHeads.subList(1, store.heldHeads.size())).forEach(held -> held.complete(store.heads[0]));
        environment.run();
        assertThat(read.get()).isEqualTo(value(2));
    }

    @Test
    void a_read_for_another_node_is_answered_as_the_owner_or_not_at_all() {
        Key key = Key.of(keyOf(0));
        assertThat(answer(one, add(keyOf(0)))).isEqualTo(value(1));
        assertThat(read(one, key, false)).isEqualTo(value(1));
        assertThat(read(one, key, true)).isEqualTo(value(1));
        assertThat(read(two, key, false)).isEqualTo(only(Outcome.UNAVAILABLE));
        assertThat(read(two, key, true)).isEqualTo(only(Outcome.UNAVAILABLE));
        two.acquire(0);
        environment.run();
        assertThat(read(one, key, true)).as("the store knows better").isEqualTo(only(Outcome.UNAVAILABLE));
        assertThat(read(two, key, true)).isEqualTo(value(1));
    }

    private Answer read(Engine engine, Key key, boolean linearizable) {
        EngineFixture.Slot slot = new EngineFixture.Slot();
        engine.read(key, linearizable, slot, 0);
        environment.run();
        return slot.get();
    }

    private static Operation add(String key) {
        return new Operation.Add(Key.of(key), 1);
    }

    private static String keyOf(int shard) {
        int i = 0;
        while (Key.of("key" + i).shard(SHARDS) != shard) {
            i++;
        }
        return "key" + i;
    }

    private Answer answer(Engine engine, Operation operation) {
        EngineFixture.Slot slot = new EngineFixture.Slot();
        engine.submit(operation, null, slot, 0);
        environment.run();
        return slot.get();
    }

    private Answer answer(Engine engine, Operation operation, Identity identity) {
        EngineFixture.Slot slot = new EngineFixture.Slot();
        engine.submit(operation, identity, slot, 0);
        environment.run();
        return slot.get();
    }

    private BatchAnswer batch(Engine engine, List<Operation> operations, Identity identity) {
        CompletionStage<BatchAnswer> answer = engine.batch(operations, identity);
        environment.run();
        return answer.toCompletableFuture().join();
    }

    private List<Answer> answers(Engine engine, RemotePart part) {
        List<Answer> answers = new ArrayList<>();
        engine.submit(
                part,
                (token, outcome, value, replayed) -> answers.add((int) token, new Answer(outcome, value, replayed)));
        environment.run();
        return answers;
    }

    /** The way to the other engine, without a network; what is on its second hop finds nobody. */
    private final class Bridge implements Elsewhere {
        private final Engine other;
        private long lanes;

        Bridge(Engine other) {
            this.other = other;
        }

        @Override
        public void forward(int shard, Operation operation, boolean linearizable, AnswerSink sink, long token) {
            forwardedReads += operation instanceof Operation.Get ? 1 : 0;
            if (!other.isServing(shard)) {
                sink.answered(token, Outcome.UNAVAILABLE, 0, false);
                return;
            }
            List<Operation> operations = List.of(operation);
            Remembering lane = Remembering.ofLane(new IdentityId(7, ++lanes), 1, operations, 60_000);
            other.submit(
                    new RemotePart(shard, operations, lane),
                    (same, outcome, value, replayed) -> sink.answered(token, outcome, value, replayed));
        }

        @Override
        public void forward(RemotePart part, AnswerSink sink) {
            other.submit(part, sink);
        }

        @Override
        public CompletionStage<BatchAnswer> forward(
                int shard, List<Operation> operations, Identity.SessionBatch identity) {
            return other.batchAsHome(operations, identity);
        }

        @Override
        public long currentSinceNanos() {
            return currentSinceNanos;
        }
    }
}
