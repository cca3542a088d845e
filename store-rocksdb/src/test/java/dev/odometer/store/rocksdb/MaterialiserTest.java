package dev.odometer.store.rocksdb;

import static dev.odometer.testkit.ShardWriter.set;
import static dev.odometer.testkit.Stages.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.odometer.engine.model.Key;
import dev.odometer.testkit.ShardWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How committed rows come into the database. */
class MaterialiserTest {
    private static final int MOST_LOOKS = 60;

    @TempDir
    Path directory;

    private final StoreFiles files = new StoreFiles();

    /** How often each of the store's threads has looked at the clock, which each wake-up of an idle one does. */
    private final Map<Thread, AtomicInteger> looks = new ConcurrentHashMap<>();

    private StoreEnvironment counting() {
        StoreEnvironment real = files.environment();
        LongSupplier nanos = () -> {
            looks.computeIfAbsent(Thread.currentThread(), any -> new AtomicInteger())
                    .incrementAndGet();
            return real.nanos().getAsLong();
        };
        return new StoreEnvironment(real.files(), real.threads(), nanos, real.random(), real.fatal());
    }

    @Test
    void aSmallCommitComesIntoTheDatabaseInTimeAndNoThreadIsBusyMeanwhile() {
        try (RocksStore store = RocksStore.open(files.config(directory), counting())) {
            ShardWriter writer = ShardWriter.acquire(store, 0, "node");
            for (int round = 0; round < 3; round++) {
                writer.write(set("a", round));
                looks.clear(); // what a sync on this machine needed is of no interest
                assertThat(store.mayBeNewer(Key.of("a"))).isTrue();
                await().until(() -> !store.mayBeNewer(Key.of("a")));
                assertThat(looks.values()).allSatisfy(count -> assertThat(count).hasValueLessThan(MOST_LOOKS));
            }
            assertThat(join(store.read(0, Key.of("a"))).orElseThrow().value()).isEqualTo(2);
        }
    }

    @Test
    void aReadNeverMissesTheLastCommitWhileGenerationsChange() {
        try (RocksStore store = RocksStore.open(files.hasty(directory), files.environment())) {
            ShardWriter writer = ShardWriter.acquire(store, 0, "node");
            for (int value = 1; value <= 1_500; value++) {
                String name = "k" + value % 7;
                writer.write(set(name, value));
                assertThat(join(store.read(0, Key.of(name))).orElseThrow().value())
                        .isEqualTo(value);
            }
        }
        assertThat(files.fatal).isEmpty();
    }
}
