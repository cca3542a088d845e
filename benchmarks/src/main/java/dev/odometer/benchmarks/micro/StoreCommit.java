package dev.odometer.benchmarks.micro;

import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.BatchId;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CommitOutcome;
import dev.odometer.engine.store.CounterChange;
import dev.odometer.engine.store.Head;
import dev.odometer.store.rocksdb.RocksStore;
import dev.odometer.store.rocksdb.RocksStoreConfig;
import dev.odometer.store.rocksdb.StoreEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A commit of one shard to the embedded store, until it is durable: one write and one sync of a real disk. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"-XX:+UseParallelGC", "-Xmx512m"})
public class StoreCommit {
    private static final int COUNTERS = 100_000;

    /** How many counters one commit changes. */
    @Param({"1", "100", "1000"})
    public int changes;

    /** Where the store goes; a folder in memory, such as /dev/shm, leaves the processor's part. */
    @Param("target")
    public String directory = "target";

    private final Key[] keys = new Key[COUNTERS];
    private final SplittableRandom random = new SplittableRandom(5);
    private Path data = Path.of(directory);

    @SuppressWarnings("NullAway.Init") // JMH calls the setup before anything else
    private RocksStore store;

    private Head head = Head.unowned(0);
    private long sequence;

    /** Opens a new store and acquires a shard. */
    @Setup(Level.Trial)
    public void open() throws IOException {
        for (int i = 0; i < COUNTERS; i++) {
            keys[i] = Key.of(String.format("key:%012d", i));
        }
        data = Files.createTempDirectory(Path.of(directory).toAbsolutePath(), "store-commit-");
        store = RocksStore.open(RocksStoreConfig.defaults(data), StoreEnvironment.standard(StoreEnvironment.halting()));
        head = store.acquire(0, "bench").toCompletableFuture().join();
        sequence = head.sequence();
    }

    /** Closes the store and deletes it. */
    @TearDown(Level.Trial)
    public void close() throws IOException {
        store.close();
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** One durable commit of some counters in a row, from a random one on. */
    @Benchmark
    public CommitOutcome commit() {
        List<CounterChange> all = new ArrayList<>(changes);
        int from = random.nextInt(COUNTERS);
        sequence++;
        for (int i = 0; i < changes; i++) {
            all.add(new CounterChange(keys[(from + i) % COUNTERS], sequence, 1_700_000_000_000L, false));
        }
        Commit commit = new Commit(
                0,
                head.epoch(),
                sequence,
                new BatchId(random.nextLong(), random.nextLong()),
                COUNTERS,
                all,
                List.of(),
                List.of());
        CommitOutcome outcome =
                store.commit(List.of(commit)).get(0).toCompletableFuture().join();
        if (!(outcome instanceof CommitOutcome.Committed)) {
            throw new IllegalStateException("a commit ended as " + outcome);
        }
        return outcome;
    }
}
