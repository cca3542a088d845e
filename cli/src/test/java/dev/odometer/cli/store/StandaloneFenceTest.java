package dev.odometer.cli.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.BatchId;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CommitOutcome;
import dev.odometer.engine.store.CounterRow;
import dev.odometer.engine.store.Head;
import dev.odometer.engine.store.IdentityRow;
import dev.odometer.engine.store.Store;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StandaloneFenceTest {
    private final SharedHead shared = new SharedHead();
    private final BlockingQueue<FencedException> fenced = new LinkedBlockingQueue<>();
    private StandaloneFence fence = new StandaloneFence(shared, fenced::add, 3_600_000);

    @AfterEach
    void close() {
        fence.close();
        assertThat(shared.closed).isTrue();
    }

    private static Commit commit(long epoch) {
        return new Commit(0, epoch, 1, BatchId.NONE, 0, List.of(), List.of(), List.of());
    }

    @Test
    void an_idle_server_that_was_replaced_is_told() {
        fence.close();
        fence = new StandaloneFence(shared, fenced::add, 10);
        fence.acquire(0, "first");
        shared.acquire(0, "second");
        await().atMost(Duration.ofSeconds(30)).until(() -> !fenced.isEmpty());
        assertThat(fenced.peek()).hasMessageContaining("another server, 'second', has taken over shard 0 (epoch 2)");
    }

    @Test
    void a_refused_commit_tells_at_once_and_only_once() {
        fence.acquire(0, "first");
        shared.acquire(0, "second");
        fence.commit(List.of(commit(1)));
        fence.commit(List.of(commit(1)));
        fence.head(0);
        assertThat(fenced).hasSize(1);
    }

    @Test
    void our_own_acquisitions_are_not_anothers() {
        fence.acquire(0, "first");
        fence.acquire(0, "first");
        fence.commit(List.of(commit(1)));
        fence.head(0);
        assertThat(fenced).isEmpty();
    }

    @Test
    void what_was_asked_before_an_acquisition_of_ours_says_nothing() {
        fence.acquire(0, "first");
        shared.late = new CompletableFuture<>();
        fence.head(0);
        CompletableFuture<Head> answer = shared.late;
        shared.late = null;
        shared.acquire(0, "second");
        Head between = shared.head;
        fence.acquire(0, "first");
        answer.complete(between);
        assertThat(fenced).isEmpty();
    }

    @Test
    void a_server_that_has_acquired_nothing_yet_is_not_replaced() {
        shared.acquire(0, "other");
        fence.head(0);
        assertThat(fenced).isEmpty();
    }

    /** A store that is nothing but one head. */
    private static final class SharedHead implements Store {
        private volatile Head head = Head.unowned(0);
        private volatile @Nullable CompletableFuture<Head> late;
        private volatile boolean closed;

        @Override
        public int shards() {
            return 1;
        }

        @Override
        public CommitLimits commitLimits() {
            return new CommitLimits(2_048, 1 << 20);
        }

        @Override
        public int commitsInFlight() {
            return 1;
        }

        @Override
        public CompletionStage<Head> acquire(int shard, String owner) {
            head = new Head(0, head.epoch() + 1, owner, 0, BatchId.NONE, 0);
            return CompletableFuture.completedFuture(head);
        }

        @Override
        public CompletionStage<Head> head(int shard) {
            CompletableFuture<Head> waiting = late;
            return waiting == null ? CompletableFuture.completedFuture(head) : waiting;
        }

        @Override
        public List<CompletionStage<CommitOutcome>> commit(List<Commit> commits) {
            return List.of(CompletableFuture.completedFuture(new CommitOutcome.Refused(head)));
        }

        @Override
        public CompletionStage<Optional<CounterRow>> read(int shard, Key key) {
            return CompletableFuture.completedFuture(Optional.empty());
        }

        @Override
        public CompletionStage<List<CounterRow>> scan(int shard, byte[] prefix, @Nullable Key after, int limit) {
            return CompletableFuture.completedFuture(List.of());
        }

        @Override
        public CompletionStage<List<IdentityRow>> identities(int shard, @Nullable IdentityId after, int limit) {
            return CompletableFuture.completedFuture(List.of());
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
