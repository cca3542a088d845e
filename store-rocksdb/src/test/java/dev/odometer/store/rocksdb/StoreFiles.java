package dev.odometer.store.rocksdb;

import dev.odometer.store.rocksdb.RowCodec.Format;
import dev.odometer.store.rocksdb.journal.FaultyFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/** Data directories of tests: how they are opened, and what may happen to their files. */
final class StoreFiles {
    /** What would have ended the process. */
    final List<String> fatal = new CopyOnWriteArrayList<>();

    RocksStoreConfig config(Path directory) {
        return RocksStoreConfig.small(directory);
    }

    /** Small, syncs always on other threads, and brings values into the database at once. */
    RocksStoreConfig hasty(Path directory) {
        return new RocksStoreConfig(
                directory, 4, 4 << 20, 5L << 20, 2_000, 8L << 20, 1L << 10, 1, 8L << 20, 2L << 20, 2, 4, 0, 8);
    }

    /** Small, and its journal only grows. */
    RocksStoreConfig withoutCheckpoints(Path directory) {
        return new RocksStoreConfig(
                directory, 4, 4 << 20, 1L << 40, 1 << 30, 8L << 20, 1L << 20, 200, 8L << 20, 2L << 20, 2, 4, 300, 8);
    }

    /** Syncs always on other threads, and little room for what is not in the database yet; or the other way round. */
    RocksStoreConfig narrow(Path directory, boolean slowSyncs) {
        long backlog = slowSyncs ? 1L << 20 : 64L << 20;
        int slowMicros = slowSyncs ? 0 : 60_000_000;
        return new RocksStoreConfig(
                directory,
                4,
                4 << 20,
                8L << 20,
                20_000,
                backlog,
                1L << 18,
                10,
                8L << 20,
                2L << 20,
                2,
                4,
                slowMicros,
                8);
    }

    /** The journal's files, with faults that a test may switch on. */
    final FaultyFiles journal = new FaultyFiles();

    /** Added to the clock. */
    final AtomicLong clock = new AtomicLong();

    StoreEnvironment environment() {
        StoreEnvironment real = StoreEnvironment.standard((message, cause) -> fatal.add(message));
        return new StoreEnvironment(
                journal, real.threads(), () -> System.nanoTime() + clock.get(), real.random(), real.fatal());
    }

    RocksStore open(Path directory) {
        return RocksStore.open(config(directory), environment());
    }

    void makeNewer(Path directory) {
        try (RocksTables tables = RocksTables.open(directory.resolve("rocksdb"), config(directory), false);
                WriteBatch batch = new WriteBatch()) {
            Format format = RowCodec.format(tables.get(RowCodec.FORMAT_KEY));
            batch.put(RowCodec.FORMAT_KEY, RowCodec.format(new Format(99, format.shards(), format.storeId())));
            tables.write(batch);
            tables.flush();
        } catch (RocksDBException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Changes a byte in the middle of each file of rows. */
    void damageDatabase(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("rocksdb"))) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".sst")).toList()) {
                flip(file, 20);
            }
        }
    }

    /** Turns over all bits of one byte of a file. */
    static void flip(Path file, int offset) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[offset] ^= (byte) 0xFF;
        Files.write(file, bytes);
    }
}
