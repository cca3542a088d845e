package dev.odometer.store.rocksdb;

import static dev.odometer.testkit.ShardWriter.many;
import static dev.odometer.testkit.ShardWriter.set;
import static dev.odometer.testkit.Stages.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CommitOutcome;
import dev.odometer.engine.store.CommitOutcome.Committed;
import dev.odometer.engine.store.CommitOutcome.Refused;
import dev.odometer.engine.store.CommitOutcome.Unavailable;
import dev.odometer.testkit.ShardWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What happens to commits for which there is no room yet: they wait, and nobody waits with them. */
@Timeout(60)
class RocksStoreWaitingTest {
    @TempDir
    Path directory;

    private final StoreFiles files = new StoreFiles();
    private final Semaphore gate = new Semaphore(0);
    private final List<CompletionStage<CommitOutcome>> stages = new ArrayList<>();
    private RocksStore store;
    private ShardWriter writer;

    @AfterEach
    void closeTheStore() {
        gate.release(100_000);
        store.close();
        assertThat(files.fatal).isEmpty();
    }

    private void open(boolean slowSyncs) {
        store = RocksStore.open(files.narrow(directory, slowSyncs), files.environment());
        writer = ShardWriter.acquire(store, 0, "node");
        writer.write(set("before", 7));
    }

    private CompletionStage<CommitOutcome> submit(Commit commit) {
        CompletionStage<CommitOutcome> stage = store.commit(List.of(commit)).get(0);
        stages.add(stage);
        return stage;
    }

    private CompletionStage<CommitOutcome> submitNext() {
        return submit(writer.follow(writer.commit(many(stages.size() % 3 + "/", 2_000), List.of(), List.of())));
    }

    /** No sync ends, so that what is committed stays in memory, until the backlog is full and more than that. */
    private void fillTheBacklog() {
        open(true);
        files.journal.syncGate = gate;
        for (int i = 0; i < 30; i++) {
            submitNext();
        }
    }

    /** The journal's segments are used up, and no further one is made. */
    private void useUpTheSegments() {
        open(false);
        files.journal.makingGate = gate;
        CompletionStage<CommitOutcome> stage;
        do {
            stage = submitNext();
        } while (stage.toCompletableFuture().isDone());
        submitNext();
    }

    private void readsAreAnswered() {
        assertThat(join(store.read(0, Key.of("before"))).orElseThrow().value()).isEqualTo(7);
        assertThat(join(store.scan(0, Key.of("before").bytes(), null, 10))).hasSize(1);
        assertThat(join(store.head(0)).epoch()).isEqualTo(1);
    }

    private void allAreCommitted() {
        gate.release(100_000);
        assertThat(stages).allSatisfy(stage -> assertThat(join(stage)).isEqualTo(Committed.INSTANCE));
        assertThat(join(store.head(0))).isEqualTo(writer.head());
    }

    /** Those behind the first refused one are refused too, and then it goes on from the head that is stored. */
    private void itGoesOnBehindARefusal() {
        Duration more = Duration.ofMillis(Admission.MAX_WAIT_MILLIS + 1);
        files.clock.addAndGet(more.toNanos());
        CompletionStage<CommitOutcome> last = stages.get(stages.size() - 1);
        CommitOutcome refusal = join(last);
        assertThat(refusal).isInstanceOf(Unavailable.class);
        assertThat(((Unavailable) refusal).cause()).hasMessageContainingAll("does not keep up", "Nothing was lost");
        gate.release(100_000);
        long taken = 0;
        for (CompletionStage<CommitOutcome> stage : stages) {
            CommitOutcome outcome = join(stage);
            if (outcome instanceof Committed) {
                taken++;
            }
        }
        assertThat(taken).isLessThan(stages.size());
        assertThat(stages.subList(0, (int) taken))
                .allSatisfy(stage -> assertThat(join(stage)).isEqualTo(Committed.INSTANCE));
        assertThat(join(store.head(0)).sequence()).isEqualTo(1 + taken);
        ShardWriter next = ShardWriter.acquire(store, 1, "node");
        await().until(() -> next.submit(next.commit(set("after", 1))) instanceof Committed);
    }

    @Test
    void whileTheBacklogIsFullReadsAreAnsweredAndCommitsWaitForRoom() {
        fillTheBacklog();
        readsAreAnswered();
        allAreCommitted();
    }

    @Test
    void whileTheNextSegmentIsBeingMadeReadsAreAnsweredAndCommitsWaitForIt() {
        useUpTheSegments();
        readsAreAnswered();
        allAreCommitted();
    }

    @Test
    void commitsThatFindNoRoomForLongAreRefusedAndItGoesOnByItself() {
        fillTheBacklog();
        itGoesOnBehindARefusal();
    }

    @Test
    void commitsThatFindNoSegmentForLongAreRefusedAndItGoesOnByItself() {
        useUpTheSegments();
        itGoesOnBehindARefusal();
    }

    @Test
    void aShardThatIsAcquiredShutsOutWhatWaits() {
        fillTheBacklog();
        var acquired = store.acquire(0, "other");
        gate.release(100_000);
        assertThat(join(acquired).epoch()).isEqualTo(2);
        CommitOutcome last = join(stages.get(stages.size() - 1));
        assertThat(last).isInstanceOf(Refused.class);
        assertThat(((Refused) last).current().epoch()).isEqualTo(2);
    }

    @Test
    void whatWaitsIsRefusedWhenTheStoreIsClosed() {
        useUpTheSegments();
        CompletionStage<CommitOutcome> last = stages.get(stages.size() - 1);
        Path making = directory.resolve("journal/next.tmp");
        await().until(() -> Files.exists(making));
        store.abandon();
        assertThat(join(last)).isInstanceOf(Unavailable.class);
        gate.release(100_000);
        await().until(() -> Files.notExists(making)); // nothing is written to the directory any more
    }
}
