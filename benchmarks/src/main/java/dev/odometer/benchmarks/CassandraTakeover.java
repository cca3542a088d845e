package dev.odometer.benchmarks;

import dev.odometer.engine.Engine;
import dev.odometer.engine.EngineConfig;
import dev.odometer.engine.EngineListener;
import dev.odometer.engine.Outcome;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.model.Operation;
import dev.odometer.engine.store.BatchId;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CommitOutcome;
import dev.odometer.engine.store.CounterChange;
import dev.odometer.engine.store.Head;
import dev.odometer.engine.store.Store;
import dev.odometer.store.cassandra.CassandraStore;
import dev.odometer.store.cassandra.CassandraStoreConfig;
import dev.odometer.testkit.ThreadEnvironment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long it takes from the acquisition of a shard until a counter has been read and an increment of it acknowledged,
 * with the engine and the store that a server has, in this process.
 */
final class CassandraTakeover {
    private static final int RECENT_COMMITS = 400;
    private static final int ROWS_OF_RECENT = 20;

    private CassandraTakeover() {}

    /**
     * Fills the one shard of an empty store up to a number of counters.
     *
     * @param from how many there are already
     */
    static void fill(CassandraStoreConfig config, int from, int to) {
        try (CassandraStore store = CassandraStore.open(config)) {
            Head head = store.acquire(0, "filler").toCompletableFuture().join();
            long sequence = head.sequence();
            int rows = store.commitLimits().maxRows();
            for (int begin = from; begin < to; begin += rows) {
                List<CounterChange> changes = new ArrayList<>();
                for (int i = begin; i < Math.min(to, begin + rows); i++) {
                    changes.add(new CounterChange(Key.of(CassandraLoad.key(i)), 1, 1, false));
                }
                write(store, head.epoch(), ++sequence, begin + changes.size(), changes);
            }
            // As after hours of service: as many records as there may be.
            Random random = new Random(to);
            for (int i = 0; i < RECENT_COMMITS; i++) {
                List<CounterChange> changes = new ArrayList<>();
                int first = random.nextInt(to - ROWS_OF_RECENT);
                for (int j = 0; j < ROWS_OF_RECENT; j++) {
                    changes.add(new CounterChange(Key.of(CassandraLoad.key(first + j)), i, 1, false));
                }
                write(store, head.epoch(), ++sequence, to, changes);
            }
        }
    }

    private static void write(Store store, long epoch, long sequence, long counters, List<CounterChange> changes) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        BatchId batch = new BatchId(random.nextLong(), random.nextLong());
        Commit commit = new Commit(0, epoch, sequence, batch, counters, changes, List.of(), List.of());
        CommitOutcome outcome =
                store.commit(List.of(commit)).get(0).toCompletableFuture().join();
        if (!(outcome instanceof CommitOutcome.Committed)) {
            throw new BenchException("a commit of the preparation was " + outcome);
        }
    }

    /** One takeover by a node whose connections are there already, in milliseconds. */
    static double millis(CassandraStoreConfig config, int counters) {
        try (ThreadEnvironment environment = new ThreadEnvironment("bench-takeover", new SplittableRandom());
                CassandraStore store = CassandraStore.open(config)) {
            Engine engine = new Engine(EngineConfig.defaults("next"), store, environment, EngineListener.NONE);
            Key key = Key.of(CassandraLoad.key(ThreadLocalRandom.current().nextInt(counters)));
            CompletableFuture<Outcome> added = new CompletableFuture<>();
            store.head(0).toCompletableFuture().join(); // the session is warm, as that of a node in service is
            long start = System.nanoTime();
            environment.execute(() -> engine.acquireAll().whenComplete((done, failure) -> {
                if (failure != null) {
                    added.completeExceptionally(failure);
                    return;
                }
                environment.execute(() -> engine.submit(
                        new Operation.Get(key),
                        null,
                        (token, read, value, replayed) -> engine.submit(
                                new Operation.Add(key, 1),
                                null,
                                (again, outcome, sum, second) -> added.complete(outcome),
                                0),
                        0));
            }));
            Outcome outcome = added.join();
            double millis = (System.nanoTime() - start) / 1e6;
            if (outcome != Outcome.VALUE) {
                throw new BenchException("the first increment after a takeover was answered " + outcome);
            }
            return millis;
        }
    }
}
