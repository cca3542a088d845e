package dev.odometer.store.rocksdb.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The real file system, with faults that a test switches on. Thread-safe. */
public final class FaultyFiles implements JournalFiles {
    private final JournalFiles disk = new DiskFiles();

    /** Writes to segments fail with this, after {@link #writtenBeforeFailure} bytes. */
    public volatile @Nullable IOException writeFailure;

    /** How much of a failing write reaches the file. */
    public volatile int writtenBeforeFailure;

    /** How many writes fail. */
    public final AtomicInteger failingWrites = new AtomicInteger();

    /** Syncs fail with this. */
    public volatile @Nullable IOException syncFailure;

    /** Closing a file that was open fails with this, after it is closed. */
    public volatile @Nullable IOException closeFailure;

    /** Syncs do nothing, which is faster. */
    public volatile boolean withoutSyncs;

    /** What the file system says is left. */
    public volatile long usable = Long.MAX_VALUE;

    /** Where set, each sync of a segment takes a permit first. */
    public volatile @Nullable Semaphore syncGate;

    /** Where set, each segment takes a permit before it gets its name. */
    public volatile @Nullable Semaphore makingGate;

    /** Where set, each file that is opened again takes a permit first. */
    public volatile @Nullable Semaphore reopenGate;

    /** How often files have been opened again. */
    public final AtomicInteger reopened = new AtomicInteger();

    /** The syncs that have begun. */
    public final AtomicInteger syncs = new AtomicInteger();

    @Override
    public List<String> list(Path directory) throws IOException {
        return disk.list(directory);
    }

    @Override
    public JournalFile open(Path path) throws IOException {
        return new FaultyFile(disk.open(path), path.toString().endsWith(".journal"));
    }

    @Override
    public JournalFile reopen(Path path) throws IOException {
        reopened.incrementAndGet();
        Semaphore gate = reopenGate;
        if (gate != null) {
            gate.acquireUninterruptibly();
        }
        return new FaultyFile(disk.reopen(path), path.toString().endsWith(".journal"));
    }

    @Override
    public long size(Path path) throws IOException {
        return disk.size(path);
    }

    @Override
    public byte[] read(Path path) throws IOException {
        return disk.read(path);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        Semaphore gate = to.toString().endsWith(".journal") ? makingGate : null;
        if (gate != null) {
            gate.acquireUninterruptibly();
        }
        disk.rename(from, to);
    }

    @Override
    public void delete(Path path) throws IOException {
        disk.delete(path);
    }

    @Override
    public long usableBytes(Path directory) throws IOException {
        return Math.min(usable, disk.usableBytes(directory));
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        if (!withoutSyncs) {
            disk.syncDirectory(directory);
        }
    }

    private final class FaultyFile implements JournalFile {
        private final JournalFile file;
        private final boolean named;

        FaultyFile(JournalFile file, boolean named) {
            this.file = file;
            this.named = named;
        }

        @Override
        public void write(ByteBuffer bytes, long position) throws IOException {
            IOException failure = writeFailure;
            if (failure != null && failingWrites.getAndDecrement() > 0) {
                ByteBuffer part = bytes.duplicate();
                part.limit(Math.min(bytes.limit(), bytes.position() + writtenBeforeFailure));
                file.write(part, position);
                throw failure;
            }
            file.write(bytes, position);
        }

        @Override
        public void sync() throws IOException {
            syncs.incrementAndGet();
            Semaphore gate = named ? syncGate : null;
            if (gate != null) {
                gate.acquireUninterruptibly();
            }
            IOException failure = syncFailure;
            if (failure != null) {
                throw failure;
            }
            if (!withoutSyncs) {
                file.sync();
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            file.truncate(size);
        }

        @Override
        public void close() throws IOException {
            file.close();
            IOException failure = named ? closeFailure : null;
            if (failure != null) {
                throw failure;
            }
        }
    }
}
