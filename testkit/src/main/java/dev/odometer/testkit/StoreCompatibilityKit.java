package dev.odometer.testkit;

import static dev.odometer.testkit.ShardWriter.delete;
import static dev.odometer.testkit.ShardWriter.identity;
import static dev.odometer.testkit.ShardWriter.many;
import static dev.odometer.testkit.ShardWriter.set;
import static dev.odometer.testkit.Stages.join;
import static dev.odometer.testkit.Stages.joinAll;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.model.Limits;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CommitOutcome;
import dev.odometer.engine.store.CommitOutcome.Committed;
import dev.odometer.engine.store.CommitOutcome.Refused;
import dev.odometer.engine.store.CommitOutcome.Unknown;
import dev.odometer.engine.store.CounterRow;
import dev.odometer.engine.store.Head;
import dev.odometer.engine.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.opentest4j.TestAbortedException;

/**
 * Every sentence of the {@link dev.odometer.engine.store.Store} contract as a test. A driver's own test extends this
 * class and says how to open its store; the optional hooks say how to provoke what a driver may be able to provoke, and
 * tests that need one are skipped without it.
 *
 * <p>Each test has a store of its own, at first empty, with at least two shards.
 */
public abstract class StoreCompatibilityKit extends StoreKitCommits {
    /** For subclasses. */
    protected StoreCompatibilityKit() {}

    // The store as a whole.

    @Test
    void theStoreSaysWhatItCanTake() {
        assertThat(store.shards()).isBetween(2, Limits.MAX_SHARDS);
        assertThat(store.commitsInFlight()).isPositive();
        assertThat(store.commitLimits().maxRows()).isGreaterThanOrEqualTo(2_048);
    }

    @Test
    void closingTwiceIsNoFault() {
        writer(0).write(set("a", 1));
        store.close();
        store.close();
    }

    @Test
    void aClosedStoreTakesNothing() {
        ShardWriter writer = writer(0);
        Commit late = writer.commit(set("a", 1));
        store.close();
        assertThat(writer.submit(late)).isInstanceOfAny(CommitOutcome.Unavailable.class, Unknown.class);
    }

    // Reopening.

    @Test
    void aStoreThatIsOpenedAgainShowsEverything() throws Exception {
        ShardWriter first = writer(0);
        ShardWriter second = writer(1);
        for (int round = 0; round < 4; round++) {
            first.write(first.commit(many("r" + round + "/", 50), List.of(), List.of(identity(round, 100))));
            second.write(set("rounds", round));
            List<CounterRow> rows = scan(0, "");
            reopen();
            assertThat(scan(0, "")).isEqualTo(rows).hasSize(50 * (round + 1));
            assertThat(identities(0)).hasSize(round + 1);
            assertThat(read(1, "rounds")).isEqualTo(row("rounds", round));
            assertThat(join(store.head(0))).isEqualTo(first.head());
            assertThat(join(store.head(0)).counters()).isEqualTo(50L * (round + 1));
            first = first.on(store);
            second = second.on(store);
        }
    }

    @Test
    void aCrashLosesNothingThatWasCommitted() throws Exception {
        ShardWriter first = writer(0);
        ShardWriter second = writer(1);
        for (int round = 0; round < 5; round++) {
            first.write(first.commit(many("r" + round + "/", 20), List.of(), List.of(identity(round, 1_000))));
            first.write(delete("r" + round + "/3"));
            second.write(set("rounds", round));
            List<CounterRow> rows = scan(0, "");
            crash();
            assertThat(join(store.head(0))).isEqualTo(first.head());
            assertThat(scan(0, "")).isEqualTo(rows).hasSize(19 * (round + 1));
            assertThat(identities(0)).hasSize(round + 1);
            assertThat(read(1, "rounds")).isEqualTo(row("rounds", round));
            first = first.on(store);
            second = second.on(store);
        }
        reopen();
        assertThat(scan(0, "")).hasSize(95);
    }

    @Test
    void aCrashWithCommitsInFlightLeavesEachWholeOrNotAtAllAndNoneWithoutThoseBefore() throws Exception {
        ShardWriter writer = writer(0);
        List<CompletionStage<CommitOutcome>> stages = new ArrayList<>();
        for (int i = 1; i <= store.commitsInFlight(); i++) {
            Commit commit = writer.commit(
                    List.of(set("x", i), set("y", i), set("n" + i, i)), List.of(), List.of(identity(i, 10)));
            stages.addAll(store.commit(List.of(writer.follow(commit))));
        }
        long answered = stages.stream()
                .filter(stage -> stage.toCompletableFuture().isDone())
                .count();
        crash();
        // Only an acquisition settles what was in flight: until then it may still take effect.
        long kept = join(store.acquire(0, "next")).sequence();
        assertThat(kept).isBetween(answered, (long) stages.size());
        assertThat(scan(0, "n")).hasSize((int) kept);
        assertThat(identities(0)).hasSize((int) kept);
        if (kept > 0) {
            assertThat(scan(0, "x")).containsExactly(row("x", kept));
            assertThat(scan(0, "y")).containsExactly(row("y", kept));
        }
    }

    // Several commits of a shard in flight.

    @Test
    void commitsInFlightAreDecidedInOrder() throws Exception {
        ShardWriter writer = writer(0);
        List<CompletionStage<CommitOutcome>> stages = new ArrayList<>();
        for (int round = 0; round < 50; round++) {
            for (int i = 0; i < store.commitsInFlight(); i++) {
                stages.addAll(store.commit(List.of(writer.follow(writer.commit(set("a", stages.size() + 1))))));
            }
            join(stages.get(stages.size() - 1));
            assertThat(stages).allMatch(stage -> stage.toCompletableFuture().isDone());
        }
        assertThat(joinAll(stages)).containsOnly(Committed.INSTANCE);
        assertThat(join(store.head(0))).isEqualTo(writer.head());
        assertThat(read(0, "a")).isEqualTo(row("a", stages.size()));
        reopen();
        assertThat(read(0, "a")).isEqualTo(row("a", stages.size()));
    }

    @Test
    void aCommitBehindOneThatWasRefusedIsRefusedToo() {
        ShardWriter old = writer(0);
        ShardWriter owner = ShardWriter.acquire(store, 0, "other");
        List<CompletionStage<CommitOutcome>> stages = new ArrayList<>();
        for (int i = 0; i < store.commitsInFlight(); i++) {
            stages.addAll(store.commit(List.of(old.follow(old.commit(set("a", i))))));
        }
        assertThat(joinAll(stages)).containsOnly(new Refused(owner.head()));
        assertThat(scan(0, "")).isEmpty();
    }

    @Test
    void anAcquisitionComesBehindTheCommitsInFlight() {
        ShardWriter old = writer(0);
        CompletionStage<CommitOutcome> before =
                store.commit(List.of(old.follow(old.commit(set("a", 1))))).get(0);
        Head acquired = join(store.acquire(0, "other"));
        CommitOutcome after = old.submit(old.commit(set("a", 2)));
        assertThat(join(before)).isEqualTo(Committed.INSTANCE);
        assertThat(acquired.sequence()).isEqualTo(1);
        assertThat(after).isEqualTo(new Refused(acquired));
        assertThat(read(0, "a")).isEqualTo(row("a", 1));
    }

    @Test
    void readersNeverSeeAPartOfACommit() {
        ShardWriter writer = writer(0);
        for (int i = 1; i <= steps(300); i++) {
            CompletionStage<CommitOutcome> stage = store.commit(
                            List.of(writer.follow(writer.commit(set("a", i), set("m", i), set("z", i)))))
                    .get(0);
            List<CounterRow> seen = scan(0, "");
            assertThat(seen.stream().map(CounterRow::value).distinct()).hasSizeLessThanOrEqualTo(1);
            join(stage);
            assertThat(scan(0, "")).containsExactly(row("a", i), row("m", i), row("z", i));
        }
    }

    // Several threads.

    @Test
    void shardsCanBeWrittenAndReadByThreadsOfTheirOwn() throws Exception {
        int shards = Math.min(store.shards(), 4);
        List<ShardWriter> writers = new ArrayList<>();
        List<FutureTask<Void>> tasks = new ArrayList<>();
        for (int shard = 0; shard < shards; shard++) {
            ShardWriter writer = writer(shard);
            writers.add(writer);
            int own = shard;
            tasks.add(new FutureTask<>(() -> {
                for (int i = 1; i <= steps(300); i++) {
                    writer.write(set("n", i), set("k" + i % 9, i));
                    assertThat(read(own, "n")).isEqualTo(row("n", i));
                    if (i % 10 == 0) {
                        assertThat(scan(own, "n")).containsExactly(row("n", i));
                    }
                }
                return null;
            }));
        }
        tasks.forEach(task -> new Thread(task, "writer").start());
        for (FutureTask<Void> task : tasks) {
            task.get(60, TimeUnit.SECONDS);
        }
        reopen();
        for (int shard = 0; shard < shards; shard++) {
            assertThat(join(store.head(shard))).isEqualTo(writers.get(shard).head());
            assertThat(scan(shard, "")).hasSize(10);
        }
    }

    // Outcomes in doubt.

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCommitInDoubtIsSettledBySubmittingItAgain(boolean takesEffect) throws Exception {
        store.close();
        store = remember(openInDoubt(takesEffect));
        ShardWriter writer = writer(0);
        Commit commit = writer.commit(set("a", 1));
        assertThat(writer.submit(commit)).isInstanceOf(Unknown.class);
        CommitOutcome again = writer.submit(commit);
        while (again instanceof Unknown) {
            again = writer.submit(commit);
        }
        if (again instanceof Refused refused) {
            assertThat(refused.current().isAt(commit)).isTrue();
        } else {
            assertThat(again).isEqualTo(Committed.INSTANCE);
        }
        assertThat(read(0, "a")).isEqualTo(row("a", 1));
        writer.follow(commit);
        writer.write(set("a", 2));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCommitInDoubtIsSettledByAcquiringTheShard(boolean takesEffect) throws Exception {
        store.close();
        store = remember(openInDoubt(takesEffect));
        ShardWriter writer = writer(0);
        Commit commit = writer.commit(set("a", 1));
        assertThat(writer.submit(commit)).isInstanceOf(Unknown.class);
        Head head = join(store.acquire(0, "other"));
        boolean took = head.sequence() == commit.sequence();
        assertThat(scan(0, "")).hasSize(took ? 1 : 0);
        assertThat(writer.submit(commit)).isEqualTo(new Refused(head));
        assertThat(scan(0, "")).hasSize(took ? 1 : 0);
    }

    // What a start refuses.

    /** What the opening throws; a hook that is not there skips the test. */
    private static Throwable refusal(ThrowingCallable opening) {
        Throwable thrown = catchThrowable(opening);
        if (thrown instanceof TestAbortedException skipped) {
            throw skipped;
        }
        return thrown;
    }

    @Test
    void aStoreThatIsInUseNamesItsHolder() throws Exception {
        writer(0).write(set("a", 1));
        assertThat(refusal(() -> remember(openBeside(store))))
                .isInstanceOf(StoreException.Locked.class)
                .hasMessageContaining(holder());
        assertThat(read(0, "a")).isEqualTo(row("a", 1));
        reopen();
        assertThat(read(0, "a")).isEqualTo(row("a", 1));
    }

    @Test
    void anotherNumberOfShardsIsRefused() throws Exception {
        writer(0).write(set("a", 1));
        int shards = store.shards();
        store.close();
        assertThat(refusal(() -> remember(openWithOtherShards())))
                .isInstanceOf(StoreException.Incompatible.class)
                .hasMessageContaining(String.valueOf(shards));
        store = remember(open());
        assertThat(read(0, "a")).isEqualTo(row("a", 1));
    }

    @Test
    void aNewerFormatIsRefused() throws Exception {
        writer(0).write(set("a", 1));
        store.close();
        makeNewer();
        assertThatThrownBy(() -> remember(open()))
                .isInstanceOf(StoreException.Incompatible.class)
                .hasMessageContaining("newer");
    }

    @Test
    void damageIsRefused() throws Exception {
        writer(0).write(set("a", 1));
        store.close();
        damage();
        assertThatThrownBy(() -> remember(open()))
                .isInstanceOf(StoreException.Damaged.class)
                .hasMessageContaining("Nothing was changed");
    }

    // Histories.

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void aRandomHistoryLeavesWhatTheModelSays(long seed) throws Exception {
        RandomStoreHistory history = new RandomStoreHistory(seed, store);
        for (int phase = 0; phase < 4; phase++) {
            history.run(steps(250));
            reopen();
            history.continueOn(store);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void aRandomHistoryWithCrashesLeavesWhatTheModelSays(long seed) throws Exception {
        RandomStoreHistory history = new RandomStoreHistory(seed, store);
        for (int phase = 0; phase < 5; phase++) {
            history.run(steps(120));
            crash();
            history.continueOn(store);
        }
    }

    @Test
    void keysAndIdsOfOneShardAreNotThoseOfAnother() {
        ShardWriter first = writer(0);
        ShardWriter second = writer(1);
        first.write(first.commit(List.of(set("same", 1)), List.of(), List.of(identity(1, 1))));
        second.write(second.commit(List.of(set("same", 2)), List.of(), List.of(identity(1, 2))));
        first.write(first.commit(List.of(delete("same")), List.of(new IdentityId(0, 1)), List.of()));
        assertThat(join(store.read(0, Key.of("same")))).isEmpty();
        assertThat(read(1, "same")).isEqualTo(row("same", 2));
        assertThat(identities(0)).isEmpty();
        assertThat(identities(1)).containsExactly(identity(1, 2));
    }
}
