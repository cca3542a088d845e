package dev.odometer.store.rocksdb;

import static dev.odometer.testkit.ShardWriter.many;
import static dev.odometer.testkit.ShardWriter.set;
import static dev.odometer.testkit.Stages.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CommitOutcome;
import dev.odometer.engine.store.CommitOutcome.Committed;
import dev.odometer.engine.store.CommitOutcome.Refused;
import dev.odometer.engine.store.CommitOutcome.Unavailable;
import dev.odometer.engine.store.CommitOutcome.Unknown;
import dev.odometer.engine.store.CounterRow;
import dev.odometer.engine.store.StoreException;
import dev.odometer.testkit.ShardWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the embedded store does when its disk is slow, full or broken. */
class RocksStoreFaultsTest {
    @TempDir
    Path directory;

    private final StoreFiles files = new StoreFiles();
    private RocksStore store;
    private ShardWriter writer;

    @BeforeEach
    void openTheStore() {
        store = files.open(directory);
        writer = ShardWriter.acquire(store, 0, "node");
    }

    @AfterEach
    void closeTheStore() {
        store.close();
    }

    private void reopen() {
        store.close();
        store = files.open(directory);
    }

    private List<Long> values(int shard) {
        return join(store.scan(shard, new byte[0], null, 100_000)).stream()
                .map(CounterRow::value)
                .toList();
    }

    private CompletionStage<CommitOutcome> submit(Commit commit) {
        return store.commit(List.of(commit)).get(0);
    }

    /** Lets the store see syncs that take long, until it no longer waits for them on the committing thread. */
    private void makeTheDiskSlow() {
        Semaphore gate = new Semaphore(0);
        files.journal.syncGate = gate;
        CompletionStage<CommitOutcome> stage;
        do {
            gate.release();
            Thread opener = new Thread(() -> {
                await().until(gate::hasQueuedThreads);
                files.clock.addAndGet(Duration.ofSeconds(1).toNanos());
                gate.release();
            });
            gate.drainPermits();
            opener.start();
            stage = submit(writer.follow(writer.commit(set("slow", 1))));
            boolean inline = stage.toCompletableFuture().isDone();
            assertThat(join(stage)).isEqualTo(Committed.INSTANCE);
            if (!inline) {
                return;
            }
        } while (true);
    }

    @Test
    void onASlowDiskCommitsAreWrittenWhileOthersAreSyncedAndNothingIsShownBefore() {
        makeTheDiskSlow();
        Semaphore gate = new Semaphore(0);
        files.journal.syncGate = gate;
        List<CompletionStage<CommitOutcome>> stages = new ArrayList<>();
        for (int i = 1; i <= store.commitsInFlight(); i++) {
            stages.add(submit(writer.follow(writer.commit(set("a", i), set("b", i)))));
        }
        assertThat(stages).noneMatch(stage -> stage.toCompletableFuture().isDone());
        assertThat(join(store.read(0, Key.of("a")))).isEmpty();
        assertThat(values(0)).containsExactly(1L);
        assertThat(join(store.head(0)).sequence()).isLessThan(writer.head().sequence());
        gate.release(1_000);
        stages.forEach(stage -> assertThat(join(stage)).isEqualTo(Committed.INSTANCE));
        assertThat(join(store.head(0))).isEqualTo(writer.head());
        assertThat(values(0)).containsExactly((long) stages.size(), (long) stages.size(), 1L);
    }

    @Test
    void aRefusalWaitsForTheHeadThatItShows() {
        makeTheDiskSlow();
        Semaphore gate = new Semaphore(0);
        files.journal.syncGate = gate;
        Commit commit = writer.follow(writer.commit(set("a", 1)));
        CompletionStage<CommitOutcome> first = submit(commit);
        CompletionStage<CommitOutcome> again = submit(commit);
        assertThat(again.toCompletableFuture()).isNotDone();
        gate.release(1_000);
        assertThat(join(first)).isEqualTo(Committed.INSTANCE);
        assertThat(join(again)).isEqualTo(new Refused(writer.head()));
    }

    @Test
    void aFailedSyncIsFatalLeavesCommitsInFlightUnknownAndTakesNothingMore() {
        makeTheDiskSlow();
        Semaphore gate = new Semaphore(0);
        files.journal.syncGate = gate;
        files.journal.syncFailure = new IOException("input/output error");
        CompletionStage<CommitOutcome> first = submit(writer.follow(writer.commit(set("a", 1))));
        CompletionStage<CommitOutcome> second = submit(writer.follow(writer.commit(set("a", 2))));
        gate.release(1_000);
        assertThat(join(first)).isInstanceOf(Unknown.class);
        assertThat(join(second)).isInstanceOf(Unknown.class);
        files.journal.syncFailure = null;
        assertThat(join(submit(writer.commit(set("a", 3))))).isInstanceOf(Unavailable.class);
        assertThatThrownBy(() -> join(store.acquire(1, "node"))).isInstanceOf(StoreException.Unreachable.class);
        assertThat(files.fatal).hasSize(1).first().asString().contains("input/output error", "Check the disk");
        assertThat(values(0)).containsExactly(1L);
        files.journal.syncGate = null;
        reopen();
        assertThat(join(store.head(0)).sequence()).isBetween(1L, writer.head().sequence());
        assertThat(join(store.read(0, Key.of("slow")))).isPresent();
    }

    @Test
    void aSyncThatFailsOnTheCommittingThreadIsFatalToo() {
        writer.write(set("a", 1));
        files.journal.syncFailure = new IOException("input/output error");
        assertThat(writer.submit(writer.commit(set("a", 2)))).isInstanceOf(Unknown.class);
        files.journal.syncFailure = null;
        assertThat(writer.submit(writer.commit(set("a", 2)))).isInstanceOf(Unavailable.class);
        assertThat(files.fatal).hasSize(1);
        assertThat(values(0)).containsExactly(1L);
    }

    @Test
    void withoutRoomForTheJournalCommitsAreUnavailableAndGoOnWhenThereIsRoom() {
        store.close();
        store = RocksStore.open(files.withoutCheckpoints(directory), files.environment());
        writer = writer.on(store);
        files.journal.usable = 0;
        CommitOutcome outcome = Committed.INSTANCE;
        long written = 0;
        while (outcome instanceof Committed) {
            Commit commit = writer.commit(many("k" + written % 10 + "/", 5_000), List.of(), List.of());
            outcome = writer.submit(commit);
            if (outcome instanceof Committed) {
                writer.follow(commit);
                written++;
            }
        }
        assertThat(outcome).isInstanceOf(Unavailable.class);
        assertThat(((Unavailable) outcome).cause()).hasMessageContaining("room");
        Commit follower = writer.commit(set("a", 1));
        Commit behind = new Commit(
                0,
                follower.epoch(),
                follower.sequence() + 1,
                follower.batchId(),
                follower.counters(),
                follower.changes(),
                List.of(),
                List.of());
        assertThat(writer.submit(behind)).isEqualTo(new Refused(writer.head()));
        assertThat(join(store.head(0))).isEqualTo(writer.head());
        assertThat(join(store.read(0, Key.of("k0/7"))).orElseThrow().value()).isEqualTo(7);
        files.journal.usable = Long.MAX_VALUE;
        Commit large = writer.commit(many("k1/", 5_000), List.of(), List.of());
        await().until(() -> {
            files.clock.addAndGet(Duration.ofSeconds(1).toNanos());
            return writer.submit(large) instanceof Committed;
        });
        writer.follow(large);
        long rows = values(0).size();
        reopen();
        assertThat(join(store.head(0))).isEqualTo(writer.head());
        assertThat(values(0)).hasSize((int) rows);
        assertThat(files.fatal).isEmpty();
    }

    @Test
    void aWriteThatFailsIsNotTakenAndTheSameSequenceIsFreeAgain() {
        writer.write(set("a", 1));
        files.journal.writeFailure = new IOException("the disk is sulking");
        files.journal.writtenBeforeFailure = 1 << 20;
        files.journal.failingWrites.set(1);
        assertThat(writer.submit(writer.commit(set("a", 99)))).isInstanceOf(Unavailable.class);
        assertThat(values(0)).containsExactly(1L);
        store.abandon();
        store = files.open(directory);
        assertThat(join(store.head(0))).isEqualTo(writer.head());
        assertThat(values(0)).containsExactly(1L);
        writer = writer.on(store);
        writer.write(set("a", 2));
        assertThat(values(0)).containsExactly(2L);
    }

    @Test
    void aStoreThatIsUsedLongKeepsItsJournalSmall() {
        for (int round = 0; round < 120; round++) {
            writer.write(writer.commit(many("r/", 6_000), List.of(), List.of()));
        }
        await().untilAsserted(() -> assertThat(
                        files.journal.list(directory.resolve("journal")).size())
                .isLessThan(9));
        store.abandon();
        store = files.open(directory);
        assertThat(join(store.head(0))).isEqualTo(writer.head());
        assertThat(values(0)).hasSize(6_000);
    }
}
