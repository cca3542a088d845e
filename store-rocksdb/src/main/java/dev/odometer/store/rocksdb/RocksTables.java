package dev.odometer.store.rocksdb;

import dev.odometer.engine.store.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.rocksdb.AbstractNativeReference;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ChecksumType;
import org.rocksdb.CompressionType;
import org.rocksdb.FlushOptions;
import org.rocksdb.IndexType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.ReadTier;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.SstFileMetaData;
import org.rocksdb.SstFileReader;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The RocksDB database that holds the materialised rows, without a log of its own: what a crash takes from its memtable
 * is read from the journal again. Thread-safe; a call during or after {@link #close} fails with {@link
 * StoreException.Unreachable}.
 */
final class RocksTables implements AutoCloseable {
    private static final int CACHE_SHARD_BITS = 2;
    private static final double HIGH_PRIORITY_POOL = 0.5;
    private static final int METADATA_BLOCK_BYTES = 8 * 1024;
    private final Path directory;
    private final RocksDB db;
    private final ReadOptions cachedOnly;
    private final ReadOptions anywhere;
    private final WriteOptions unlogged;
    private final List<AbstractNativeReference> owned;
    private final ReentrantReadWriteLock open = new ReentrantReadWriteLock();
    private boolean closed;

    private RocksTables(Path directory, RocksDB db, List<AbstractNativeReference> owned) {
        this.directory = directory;
        this.db = db;
        this.owned = owned;
        this.anywhere = own(new ReadOptions());
        this.cachedOnly = own(new ReadOptions().setReadTier(ReadTier.BLOCK_CACHE_TIER));
        this.unlogged = own(new WriteOptions().setDisableWAL(true).setMemtableInsertHintPerBatch(true));
    }

    private <T extends AbstractNativeReference> T own(T reference) {
        owned.add(reference);
        return reference;
    }

    /** Opens the database; makes it where it is absent and {@code create} allows it. */
    static RocksTables open(Path directory, RocksStoreConfig config, boolean create) {
        RocksDB.loadLibrary();
        List<AbstractNativeReference> owned = new ArrayList<>();
        BloomFilter bloom = new BloomFilter(10);
        // Few parts: a block that is larger than a part is read again for every question.
        LRUCache cache = new LRUCache(config.blockCacheBytes(), CACHE_SHARD_BITS, false, HIGH_PRIORITY_POOL);
        owned.add(bloom);
        owned.add(cache);
        BlockBasedTableConfig table = new BlockBasedTableConfig()
                .setFilterPolicy(bloom)
                .setWholeKeyFiltering(true)
                .setBlockCache(cache)
                .setBlockSize(4 * 1024)
                .setCacheIndexAndFilterBlocks(true)
                .setCacheIndexAndFilterBlocksWithHighPriority(true)
                .setPinL0FilterAndIndexBlocksInCache(true)
                // Small pieces of filters and indexes, so that those in use stay in the cache however many there are.
                .setIndexType(IndexType.kTwoLevelIndexSearch)
                .setPartitionFilters(true)
                .setMetadataBlockSize(METADATA_BLOCK_BYTES)
                .setPinTopLevelIndexAndFilter(true)
                .setChecksumType(ChecksumType.kXXH3)
                .setFormatVersion(5);
        Options options = new Options();
        options.setCreateIfMissing(create)
                .setParanoidChecks(true)
                .setTableFormatConfig(table)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setWriteBufferSize(config.memtableBytes())
                .setMaxWriteBufferNumber(3)
                .setMaxBackgroundJobs(2)
                .setBytesPerSync(1 << 20)
                .setAvoidFlushDuringShutdown(true)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setMaxLogFileSize(1 << 20)
                .setKeepLogFileNum(2)
                .setMaxManifestFileSize(16 << 20);
        owned.add(options);
        try {
            return new RocksTables(directory, RocksDB.open(options, directory.toString()), owned);
        } catch (RocksDBException e) {
            owned.forEach(AbstractNativeReference::close);
            throw translate(directory, "open", e);
        }
    }

    /** The value of a row; null where there is none. */
    byte @Nullable [] get(byte[] key) {
        enter();
        try {
            return db.get(anywhere, key);
        } catch (RocksDBException e) {
            throw translate(directory, "read", e);
        } finally {
            leave();
        }
    }

    /** What {@link #getCached} returns where the answer is not in memory. */
    static final byte[] NOT_IN_MEMORY = new byte[0];

    /** Like {@link #get}, but does not touch the disk: {@link #NOT_IN_MEMORY} where it would have to. */
    byte @Nullable [] getCached(byte[] key) {
        enter();
        try {
            return db.get(cachedOnly, key);
        } catch (RocksDBException e) {
            if (e.getStatus() != null && e.getStatus().getCode() == Status.Code.Incomplete) {
                return NOT_IN_MEMORY;
            }
            throw translate(directory, "read", e);
        } finally {
            leave();
        }
    }

    /** Writes rows to the memtable. They are durable after the next {@link #flush}, or sooner. */
    void write(WriteBatch batch) throws RocksDBException {
        enter();
        try {
            db.write(unlogged, batch);
        } finally {
            leave();
        }
    }

    /** Returns when all that was written before the call is durable. */
    void flush() throws RocksDBException {
        enter();
        try (FlushOptions options = new FlushOptions().setWaitForFlush(true).setAllowWriteStall(true)) {
            db.flush(options);
        } finally {
            leave();
        }
    }

    /** Takes rows in their order. */
    interface Rows {
        /** Takes a row; false where no more are wanted. */
        boolean row(byte[] key, byte[] value);
    }

    /** Hands over the rows from {@code from} up to and without {@code to}, as of the call. */
    void scan(byte[] from, byte[] to, Rows rows) {
        enter();
        try (Slice bound = new Slice(to);
                ReadOptions options =
                        new ReadOptions().setIterateUpperBound(bound).setFillCache(false);
                RocksIterator iterator = db.newIterator(options)) {
            iterator.seek(from);
            while (iterator.isValid() && rows.row(iterator.key(), iterator.value())) {
                iterator.next();
            }
            iterator.status();
        } catch (RocksDBException e) {
            throw translate(directory, "read", e);
        } finally {
            leave();
        }
    }

    /** The files of rows that the database has now. */
    List<String> files() {
        enter();
        try {
            return db.getLiveFilesMetaData().stream()
                    .map(SstFileMetaData::fileName)
                    .toList();
        } finally {
            leave();
        }
    }

    /** Reads every block of a file and compares its checksum. A file that is no longer there is in order. */
    void verify(String file) {
        enter();
        try (Options options = new Options();
                SstFileReader reader = new SstFileReader(options)) {
            Path path = directory.resolve(file.substring(file.lastIndexOf('/') + 1));
            if (Files.exists(path)) {
                reader.open(path.toString());
                reader.verifyChecksum();
            }
        } catch (RocksDBException e) {
            throw translate(directory, "check of " + file, e);
        } finally {
            leave();
        }
    }

    /** Whether a failed write or flush may succeed when there is room on the disk again. */
    static boolean isNoSpace(RocksDBException e) {
        Status status = e.getStatus();
        return (status != null && status.getSubCode() == Status.SubCode.NoSpace)
                || String.valueOf(e.getMessage()).contains("No space left");
    }

    StoreException translate(String doing, RocksDBException e) {
        return translate(directory, doing, e);
    }

    private static StoreException translate(Path directory, String doing, RocksDBException e) {
        Status.Code code =
                e.getStatus() == null ? Status.Code.Undefined : e.getStatus().getCode();
        boolean missing = String.valueOf(e.getMessage()).contains("No such file");
        if (missing || code == Status.Code.Corruption || code == Status.Code.InvalidArgument) {
            return new StoreException.Damaged(
                    "The database in " + directory + " is damaged (" + doing + ": " + e.getMessage()
                            + "). Nothing was changed, and the server does not go on, because counts that were "
                            + "acknowledged may be missing."
                            + " Copy the data directory to a safe place and check the disk. Then either restore a "
                            + "backup of the whole"
                            + " directory, or move the directory aside, start with an empty one and import your "
                            + "last export.",
                    e);
        }
        return new StoreException.Unreachable(
                "Could not " + doing + " the database in " + directory + " (" + e.getMessage()
                        + "). What was acknowledged is kept. Check the disk, its free space and the permissions, "
                        + "then try again.",
                e);
    }

    private void enter() {
        open.readLock().lock();
        if (closed) {
            open.readLock().unlock();
            throw new StoreException.Unreachable("The store is closed.");
        }
    }

    private void leave() {
        open.readLock().unlock();
    }

    /** Closes the database without flushing. Waits for calls that run. */
    @Override
    public void close() {
        open.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                db.cancelAllBackgroundWork(true);
                db.close();
                for (int i = owned.size() - 1; i >= 0; i--) {
                    owned.get(i).close();
                }
            }
        } finally {
            open.writeLock().unlock();
        }
    }
}
