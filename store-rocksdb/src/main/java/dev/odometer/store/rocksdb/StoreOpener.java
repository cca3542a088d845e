package dev.odometer.store.rocksdb;

import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.Head;
import dev.odometer.engine.store.StoreException;
import dev.odometer.store.rocksdb.RowCodec.Format;
import dev.odometer.store.rocksdb.journal.EntryCodec;
import dev.odometer.store.rocksdb.journal.Journal;
import dev.odometer.store.rocksdb.journal.JournalConfig;
import dev.odometer.store.rocksdb.journal.JournalEnvironment;
import dev.odometer.store.rocksdb.journal.JournalPosition;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a data directory: locks it, checks that it is ours and of this format, opens the database and brings it up to
 * the journal's end.
 *
 * <pre>
 * data directory
 *   odometer.lock   the lock; names its holder
 *   rocksdb/        counters, identities, heads
 *   journal/        the latest commits
 * </pre>
 *
 * <p>A new store's database gets its format row after the first journal segment is there, so a start that was cut off
 * is told from one whose journal is missing.
 */
final class StoreOpener {
    private static final Logger LOG = LoggerFactory.getLogger(StoreOpener.class);
    private static final Set<String> OURS = Set.of(DirectoryLock.NAME, "rocksdb", "journal", "lost+found");
    private static final long CHECK_MILLIS = 1_000;
    private static final long REPLAY_BYTES = 96L << 20;

    private final RocksStoreConfig config;
    private final StoreEnvironment environment;
    private final boolean anyShards;
    private final Path databaseDirectory;
    private final Path journalDirectory;

    /**
     * For a directory.
     *
     * @param anyShards whether a store that exists may have another number of shards than is configured
     */
    StoreOpener(RocksStoreConfig config, StoreEnvironment environment, boolean anyShards) {
        this.anyShards = anyShards;
        this.config = config;
        this.environment = environment;
        this.databaseDirectory = config.directory().resolve("rocksdb");
        this.journalDirectory = config.directory().resolve("journal");
    }

    /** What has been opened. */
    record Opened(
            DirectoryLock lock,
            RocksTables tables,
            DatabaseCheck check,
            Journal journal,
            Overlay overlay,
            JournalPosition flushed,
            long nanos) {}

    /** Opens the directory; lets go of everything where it fails. */
    Opened open(Runnable onDurable) {
        long start = environment.nanos().getAsLong();
        DirectoryLock lock = null;
        RocksTables tables = null;
        DatabaseCheck check = null;
        Journal journal = null;
        boolean done = false;
        try {
            requireDirectory();
            lock = DirectoryLock.acquire(config.directory());
            boolean isNew = !Files.exists(databaseDirectory.resolve("CURRENT"));
            if (isNew) {
                requireNothingElse();
            }
            Files.createDirectories(databaseDirectory);
            tables = RocksTables.open(databaseDirectory, config, isNew);
            Format format = format(tables);
            byte[] position = tables.get(RowCodec.POSITION_KEY);
            if (position == null) {
                throw new StoreException.Damaged("The database in " + databaseDirectory
                        + " does not say up to where it has read the journal. Nothing was changed. Restore "
                        + "a backup of the whole directory.");
            }
            JournalPosition flushed = RowCodec.position(position);
            check = new DatabaseCheck(tables, environment.fatal());
            check.start(environment.threads());
            Replay replay = new Replay(new Overlay(heads(tables, format), flushed), tables);
            journal = Journal.open(journalConfig(format), journalEnvironment(), flushed, replay, onDurable);
            check.await(CHECK_MILLIS);
            done = true;
            return new Opened(
                    lock,
                    tables,
                    check,
                    journal,
                    replay.overlay,
                    flushed,
                    environment.nanos().getAsLong() - start);
        } catch (IOException e) {
            throw new StoreException.Unreachable(
                    "Could not open the data directory " + config.directory() + " (" + e
                            + "). Nothing is lost. Check that the disk is there, has room, and that this user may "
                            + "write to it.",
                    e);
        } finally {
            if (!done) {
                letGo(journal, check, tables, lock);
            }
        }
    }

    private static void letGo(
            @Nullable Journal journal,
            @Nullable DatabaseCheck check,
            @Nullable RocksTables tables,
            @Nullable DirectoryLock lock) {
        try {
            if (journal != null) {
                journal.abandon();
            }
            if (check != null) {
                check.stop();
            }
            if (tables != null) {
                tables.close();
            }
            if (lock != null) {
                lock.close();
            }
        } catch (IOException e) {
            LOG.warn("After the start had failed, a file could not be closed: {}", e.toString());
        }
    }

    /** What the system said, where it said it. */
    private static String reason(IOException e) {
        String reason = e instanceof FileSystemException failed ? failed.getReason() : null;
        return reason == null ? e.toString() : reason;
    }

    private void requireDirectory() throws IOException {
        Path directory = config.directory();
        if (Files.exists(directory) && !Files.isDirectory(directory)) {
            throw new StoreException.Incompatible("The data directory " + directory
                    + " is a file. Nothing was changed. Name a directory, or move the file away.");
        }
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new StoreException.Unreachable(
                    "The data directory " + directory + " cannot be made (" + reason(e)
                            + "). Name one that this user may write to.",
                    e);
        }
        if (!Files.isWritable(directory)) {
            throw new StoreException.Unreachable("The data directory " + directory
                    + " cannot be written by this user. Nothing was changed. Give the user the right to, or "
                    + "name another directory.");
        }
    }

    /** A new store is only made where nothing is that somebody could miss. */
    private void requireNothingElse() throws IOException {
        try (Stream<Path> files = Files.list(config.directory())) {
            List<String> foreign = files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> !OURS.contains(name))
                    .sorted()
                    .limit(3)
                    .toList();
            if (!foreign.isEmpty()) {
                throw new StoreException.Incompatible(
                        "The directory " + config.directory() + " is no data directory of Odometer: it holds "
                                + String.join(", ", foreign)
                                + ". Nothing was changed. Name an empty directory, or one that Odometer has made.");
            }
        }
        if (Files.isDirectory(databaseDirectory)) {
            try (Stream<Path> files = Files.list(databaseDirectory)) {
                if (files.anyMatch(file -> String.valueOf(file.getFileName()).endsWith(".sst"))) {
                    throw databaseMissing("its file CURRENT is missing");
                }
            }
        }
    }

    private StoreException.Damaged databaseMissing(String what) {
        return new StoreException.Damaged("The database in " + databaseDirectory + " is damaged: " + what
                + ". Nothing was changed. Restore a backup of the whole data directory, or move it aside, start "
                + "with an empty one and"
                + " import your last export.");
    }

    private Format format(RocksTables tables) throws IOException {
        byte[] stored = tables.get(RowCodec.FORMAT_KEY);
        if (stored == null) {
            return create(tables);
        }
        Format format = RowCodec.format(stored);
        if (format.version() > RowCodec.FORMAT_VERSION) {
            throw new StoreException.Incompatible(
                    "The data directory " + config.directory() + " has format " + format.version()
                            + "; this version of Odometer knows formats up to " + RowCodec.FORMAT_VERSION
                            + ". Nothing was changed. Start the version that wrote it, or a newer one.");
        }
        if (format.shards() != config.shards() && !anyShards) {
            throw new StoreException.Incompatible("The data directory " + config.directory() + " has " + format.shards()
                    + " shards, and " + config.shards()
                    + " are configured. Nothing was changed. The number is fixed when the directory is made: configure "
                    + format.shards() + ", or export, and import into a new directory.");
        }
        return format;
    }

    private Format create(RocksTables tables) throws IOException {
        Format format = new Format(
                RowCodec.FORMAT_VERSION, config.shards(), environment.random().getAsLong());
        removeEmptyJournal();
        if (!Journal.create(journalConfig(format), journalEnvironment())) {
            throw databaseMissing("it is empty, though there is a journal in " + journalDirectory);
        }
        try (WriteBatch batch = new WriteBatch()) {
            batch.put(RowCodec.FORMAT_KEY, RowCodec.format(format));
            batch.put(RowCodec.POSITION_KEY, RowCodec.position(Journal.start()));
            tables.write(batch);
            tables.flush();
        } catch (RocksDBException e) {
            throw tables.translate("make", e);
        }
        return format;
    }

    /**
     * Removes the first segment of a start that was cut off before it had made the database: one without any record.
     */
    private void removeEmptyJournal() throws IOException {
        List<String> files = environment.files().list(journalDirectory);
        if (files.size() == 1 && Journal.isUnused(environment.files(), journalDirectory)) {
            environment.files().delete(journalDirectory.resolve(files.get(0)));
        }
    }

    private Head[] heads(RocksTables tables, Format format) {
        Head[] heads = new Head[format.shards()];
        for (int shard = 0; shard < heads.length; shard++) {
            byte[] stored = tables.get(RowCodec.headKey(shard));
            heads[shard] = stored == null ? Head.unowned(shard) : RowCodec.head(shard, stored);
        }
        return heads;
    }

    private JournalConfig journalConfig(Format format) {
        return new JournalConfig(
                journalDirectory,
                format.storeId(),
                config.journalSegmentBytes(),
                config.concurrentSyncs(),
                TimeUnit.MICROSECONDS.toNanos(config.slowSyncMicros()));
    }

    private JournalEnvironment journalEnvironment() {
        return new JournalEnvironment(
                environment.files(), environment.threads(), environment.nanos(), environment.fatal());
    }

    /** Takes the journal's entries into the overlay, and writes that to RocksDB when it gets large. */
    private static final class Replay implements EntryCodec.Entries {
        private final RocksTables tables;
        private Overlay overlay;

        Replay(Overlay overlay, RocksTables tables) {
            this.overlay = overlay;
            this.tables = tables;
        }

        @Override
        public void commit(Commit commit) {
            Head head = known(commit.shard());
            if (commit.epoch() != head.epoch() || commit.sequence() != head.sequence() + 1) {
                throw outOfOrder(commit.shard(), head, "commit " + commit.sequence() + " of epoch " + commit.epoch());
            }
            overlay.add(commit);
            overlay.head(RocksStore.headAfter(head, commit));
        }

        @Override
        public void acquired(int shard, long epoch, String owner) {
            Head head = known(shard);
            if (epoch <= head.epoch()) {
                throw outOfOrder(shard, head, "acquisition of epoch " + epoch);
            }
            overlay.head(RocksStore.headAcquired(head, epoch, owner));
        }

        @Override
        public void recordEnd(JournalPosition end) {
            overlay.position(end);
            if (overlay.bytes() >= REPLAY_BYTES) {
                try {
                    OverlayWriter.write(overlay, tables, () -> {});
                } catch (RocksDBException e) {
                    throw tables.translate("write", e);
                }
                overlay = overlay.above();
            }
        }

        private Head known(int shard) {
            if (shard >= overlay.shards()) {
                throw new StoreException.Damaged("The journal names shard " + shard + " of " + overlay.shards()
                        + ". Nothing was changed. Restore a backup.");
            }
            return overlay.head(shard);
        }

        private static StoreException.Damaged outOfOrder(int shard, Head head, String entry) {
            return new StoreException.Damaged(
                    "The journal and the database do not fit together: " + entry + " of shard " + shard
                            + " follows commit " + head.sequence() + " of epoch " + head.epoch()
                            + ". Nothing was changed. They may come from different backups: restore a backup of the "
                            + "whole data directory.");
        }
    }
}
