package dev.odometer.store.rocksdb;

import static dev.odometer.testkit.ShardWriter.many;
import static dev.odometer.testkit.ShardWriter.set;
import static dev.odometer.testkit.Stages.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.StoreException;
import dev.odometer.store.rocksdb.journal.Journal;
import dev.odometer.store.rocksdb.journal.JournalConfig;
import dev.odometer.store.rocksdb.journal.JournalEnvironment;
import dev.odometer.testkit.ShardWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the embedded store makes of the directory that it is given. */
class RocksStoreOpeningTest {
    @TempDir
    Path parent;

    private final StoreFiles files = new StoreFiles();

    private Path data() {
        return parent.resolve("data");
    }

    /** Makes a store that holds the counter a = 1 and some more. */
    private void makeStore() {
        try (RocksStore store = files.open(data())) {
            ShardWriter writer = ShardWriter.acquire(store, 0, "node");
            writer.write(writer.commit(many("k", 2_000), List.of(), List.of()));
            writer.write(set("a", 1));
        }
    }

    private void assertHealthy() {
        try (RocksStore store = files.open(data())) {
            assertThat(join(store.read(0, Key.of("a"))).orElseThrow().value()).isEqualTo(1);
        }
    }

    private void assertRefused(Class<? extends StoreException> how, String... says) {
        assertThatThrownBy(() -> files.open(data()).close()).isInstanceOf(how).hasMessageContainingAll(says);
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private List<Path> list(String folder) throws IOException {
        try (Stream<Path> all = Files.list(data().resolve(folder))) {
            return all.sorted().toList();
        }
    }

    @Test
    void aDirectoryThatIsAFileIsRefused() throws IOException {
        Files.writeString(data(), "hello");
        assertRefused(StoreException.Incompatible.class, "is a file", "Name a directory");
        assertThat(data()).hasContent("hello");
    }

    @Test
    void aDirectoryOfSomebodyElseIsRefusedAndLeftAsItIs() throws IOException {
        Files.createDirectories(data());
        Files.writeString(data().resolve("thesis.txt"), "hello");
        assertRefused(StoreException.Incompatible.class, "thesis.txt", "Name an empty directory");
        assertThat(data().resolve("rocksdb")).doesNotExist();
        assertThat(data().resolve("journal")).doesNotExist();
    }

    @Test
    void aDirectoryThatCannotBeWrittenIsRefused() throws IOException {
        Files.createDirectories(data());
        assertThat(data().toFile().setWritable(false)).isTrue();
        Assumptions.assumeFalse(Files.isWritable(data()), "this user may write everywhere");
        assertRefused(StoreException.Unreachable.class, "cannot be written");
    }

    @Test
    void aParentThatIsAFileIsRefused() throws IOException {
        Path file = parent.resolve("file");
        Files.writeString(file, "hello");
        assertThatThrownBy(() -> files.open(file.resolve("data")).close())
                .isInstanceOf(StoreException.Unreachable.class)
                .hasMessageContaining("cannot be made");
    }

    @Test
    void aStoreWhoseJournalIsMissingIsRefused() throws IOException {
        makeStore();
        delete(data().resolve("journal"));
        assertRefused(StoreException.Damaged.class, "journal", "missing");
    }

    @Test
    void aStoreWhoseDatabaseIsMissingIsRefused() throws IOException {
        makeStore();
        delete(data().resolve("rocksdb"));
        assertRefused(StoreException.Damaged.class, "rocksdb", "Nothing was changed");
        assertRefused(StoreException.Damaged.class, "rocksdb", "Nothing was changed");
    }

    /** Refuses to start on copies of a store whose database has been changed in some way. */
    private void assertDamaged(FileChange change) throws IOException {
        Path pristine = parent.resolve("pristine");
        copy(data(), pristine);
        delete(data());
        copy(pristine, data());
        for (Path file : list("rocksdb")) {
            String name = file.getFileName().toString();
            if (name.equals("CURRENT") || name.startsWith("MANIFEST") || name.endsWith(".sst")) {
                for (int part = 0; part < change.parts(); part++) {
                    delete(data());
                    copy(pristine, data());
                    change.change(file, part);
                    assertRefused(StoreException.Damaged.class, "Nothing was changed");
                }
            }
        }
        delete(data());
        copy(pristine, data());
        assertHealthy();
    }

    private interface FileChange {
        void change(Path file, int part) throws IOException;

        default int parts() {
            return 1;
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : all.toList()) {
                Files.copy(path, to.resolve(from.relativize(path).toString()));
            }
        }
    }

    @Test
    void aDatabaseOfWhichAFileIsMissingIsRefused() throws IOException {
        makeStore();
        assertDamaged((file, part) -> Files.delete(file));
    }

    @Test
    void aDatabaseOfWhichAnyPartIsDamagedIsRefused() throws IOException {
        makeStore();
        assertDamaged(new FileChange() {
            @Override
            public void change(Path file, int part) throws IOException {
                long size = Files.size(file);
                StoreFiles.flip(file, (int) (size * (2 * part + 1) / (2 * parts())));
            }

            @Override
            public int parts() {
                return 7;
            }
        });
    }

    @Test
    void aFirstStartThatWasCutOffIsFinishedByTheNext() throws IOException {
        Files.createDirectories(data());
        Path journal = data().resolve("journal");
        StoreEnvironment environment = files.environment();
        Journal.create(
                new JournalConfig(journal, 99, 4 << 20, 4, 1_000),
                new JournalEnvironment(
                        environment.files(), environment.threads(), environment.nanos(), environment.fatal()));
        RocksTables.open(data().resolve("rocksdb-elsewhere"), files.config(data()), true)
                .close();
        Files.move(data().resolve("rocksdb-elsewhere"), data().resolve("rocksdb"));
        makeStore();
        assertHealthy();
    }

    @Test
    void theLockIsFreeAfterARefusedStart() throws IOException {
        makeStore();
        Path current = data().resolve("rocksdb").resolve("CURRENT");
        byte[] bytes = Files.readAllBytes(current);
        Files.delete(current);
        assertRefused(StoreException.Damaged.class, "CURRENT");
        Files.write(current, bytes);
        assertHealthy();
    }

    @Test
    void anotherSizeOfJournalSegmentsIsTakenFromTheNextSegmentOn() throws IOException {
        makeStore();
        RocksStoreConfig small = files.config(data());
        RocksStoreConfig other = small.withJournalSegmentBytes(6 << 20);
        for (RocksStoreConfig config : List.of(other, small, other)) {
            try (RocksStore store = RocksStore.open(config, files.environment())) {
                ShardWriter writer = ShardWriter.acquire(store, 1, "node");
                for (int i = 0; i < 60; i++) {
                    writer.write(writer.commit(many("x", 6_000), List.of(), List.of()));
                }
            }
        }
        assertHealthy();
    }

    @Test
    void aStoreThatExistsCanBeTakenWithTheShardsThatItHas() {
        Path stored = parent.resolve("stored");
        RocksStore.openAsStored(files.config(stored), files.environment()).close();
        RocksStoreConfig other = files.config(stored).withShards(9);
        try (RocksStore store = RocksStore.openAsStored(other, files.environment())) {
            assertThat(store.shards()).isEqualTo(files.config(stored).shards());
            assertThat(join(store.head(3)).shard()).isEqualTo(3);
        }
        assertThatThrownBy(() -> RocksStore.open(other, files.environment()))
                .isInstanceOf(StoreException.Incompatible.class)
                .hasMessageContaining("9 are configured");
    }
}
