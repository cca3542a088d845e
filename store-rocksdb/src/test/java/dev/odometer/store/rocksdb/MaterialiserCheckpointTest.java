package dev.odometer.store.rocksdb;

import static dev.odometer.testkit.ShardWriter.many;
import static dev.odometer.testkit.Stages.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.odometer.engine.store.BatchId;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.Head;
import dev.odometer.store.rocksdb.journal.Journal;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When committed rows come into the database where checkpoints are slow, or the database is gone. */
class MaterialiserCheckpointTest {
    @TempDir
    Path directory;

    private final StoreFiles files = new StoreFiles();

    /** A materialiser alone, whose checkpoints run when a test says so. */
    private final class Bench implements AutoCloseable {
        final Queue<Runnable> checkpoints = new ConcurrentLinkedQueue<>();
        final RocksStoreConfig config = new RocksStoreConfig(
                directory, 1, 4 << 20, 1L << 40, 1, 8L << 20, 1L << 10, 600_000, 8L << 20, 2L << 20, 2, 4, 300, 8);
        final StoreOpener.Opened opened = new StoreOpener(config, files.environment(), false).open(() -> {});
        final Materialiser materialiser;
        private long sequence;

        Bench() {
            ExecutorService later = new AbstractExecutorService() {
                @Override
                public void execute(Runnable task) {
                    checkpoints.add(task);
                }

                @Override
                public void shutdown() {}

                @Override
                public List<Runnable> shutdownNow() {
                    return List.of();
                }

                @Override
                public boolean isShutdown() {
                    return false;
                }

                @Override
                public boolean isTerminated() {
                    return false;
                }

                @Override
                public boolean awaitTermination(long timeout, TimeUnit unit) {
                    return true;
                }
            };
            Checkpointer checkpointer = new Checkpointer(
                    config, files.environment(), opened.tables(), opened.journal(), later, opened.flushed());
            materialiser = new Materialiser(
                    config, files.environment(), opened.tables(), opened.journal(), checkpointer, opened.overlay());
        }

        /** A commit that is durable, of so many counters. */
        void commit(String names, int counters) {
            Head head = new Head(0, 1, "node", ++sequence, new BatchId(0, sequence), counters);
            Commit commit =
                    new Commit(0, 1, sequence, head.batchId(), counters, many(names, counters), List.of(), List.of());
            materialiser.written(new WrittenRecord(
                    Journal.start(), 1_000, List.of(commit), List.of(head), new CompletableFuture<>()));
        }

        @Override
        public void close() throws Exception {
            materialiser.close(10_000);
            opened.check().stop();
            opened.journal().close();
            opened.tables().close();
            opened.lock().close();
        }
    }

    @Test
    void aLargeLayerThatWaitedForACheckpointIsWrittenSoonAfterIt() throws Exception {
        try (Bench bench = new Bench()) {
            bench.materialiser.start();
            bench.commit("a", 100);
            await().until(() -> !bench.checkpoints.isEmpty());
            bench.commit("b", 100);
            assertThat(join(bench.materialiser.scan(0, new byte[0], null, 1_000)))
                    .hasSize(200);
            assertThat(bench.materialiser.mayHold(many("b", 1).get(0).key())).isTrue();
            bench.checkpoints.remove().run();
            await().until(() -> !bench.materialiser.mayHold(many("b", 1).get(0).key()));
        }
        assertThat(files.fatal).isEmpty();
    }

    @Test
    void aStopThatCannotWaitForTheDatabaseIsNoFailureOfTheStore() throws Exception {
        try (Bench bench = new Bench()) {
            bench.commit("a", 10);
            bench.materialiser.close(1);
            bench.opened.tables().close();
            bench.materialiser.start();
        }
        assertThat(files.fatal).isEmpty();
    }
}
