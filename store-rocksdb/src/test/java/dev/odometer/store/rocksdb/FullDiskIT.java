package dev.odometer.store.rocksdb;

import static dev.odometer.testkit.ShardWriter.many;
import static dev.odometer.testkit.Stages.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CommitOutcome;
import dev.odometer.engine.store.CommitOutcome.Committed;
import dev.odometer.engine.store.CommitOutcome.Unavailable;
import dev.odometer.engine.store.CounterRow;
import dev.odometer.testkit.ShardWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file system that is really full: a small tmpfs, where this user may mount one. */
class FullDiskIT {
    private static final int DISK_MEBIBYTES = 40;
    private static final int FILLER_MEBIBYTES = 12;

    @TempDir
    Path mountPoint;

    private final StoreFiles files = new StoreFiles();
    private boolean mounted;

    @BeforeEach
    void mount() throws Exception {
        mounted = run("mount", "-t", "tmpfs", "-o", "size=" + DISK_MEBIBYTES + "m", "tmpfs", mountPoint.toString());
        Assumptions.assumeTrue(mounted, "this user may not mount a tmpfs");
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            assertThat(run("umount", mountPoint.toString())).isTrue();
        }
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
    }

    @Test
    void aFullDiskRefusesCommitsLosesNothingAndNeedsOnlyRoomToGoOn() throws Exception {
        Path filler = mountPoint.resolve("filler");
        Files.write(filler, new byte[FILLER_MEBIBYTES << 20]);
        Path data = mountPoint.resolve("data");
        long rows = 0;
        try (RocksStore store = files.open(data)) {
            ShardWriter writer = ShardWriter.acquire(store, 0, "node");
            CommitOutcome outcome = Committed.INSTANCE;
            for (int round = 0; outcome instanceof Committed; round++) {
                Commit commit = writer.commit(
                        many("x".repeat(100) + Long.toHexString(round * 0x9E3779B97F4A7C15L) + "/", 2_000),
                        List.of(),
                        List.of());
                outcome = writer.submit(commit);
                if (outcome instanceof Committed) {
                    writer.follow(commit);
                    rows += 2_000;
                }
            }
            assertThat(outcome).isInstanceOf(Unavailable.class);
            assertThat(((Unavailable) outcome).cause()).hasMessageMatching("(?s).*(kept|lost).*");
            assertThat(join(store.read(0, Key.of("x".repeat(100) + "0/7")))
                            .orElseThrow()
                            .value())
                    .isEqualTo(7);
            assertThat(join(store.scan(0, new byte[0], null, 10))).hasSize(10);
            assertThat(join(store.head(0))).isEqualTo(writer.head());
            Files.delete(filler);
            Commit next = writer.commit(many("next/", 2_000), List.of(), List.of());
            await().atMost(Duration.ofSeconds(60)).until(() -> writer.submit(next) instanceof Committed);
            writer.follow(next);
            rows += 2_000;
        }
        try (RocksStore store = files.open(data)) {
            long found = 0;
            Key after = null;
            List<CounterRow> page;
            do {
                page = join(store.scan(0, new byte[0], after, 10_000));
                found += page.size();
                after = page.isEmpty() ? null : page.get(page.size() - 1).key();
            } while (!page.isEmpty());
            assertThat(found).isEqualTo(rows).isEqualTo(join(store.head(0)).counters());
        }
        assertThat(files.fatal).isEmpty();
    }
}
