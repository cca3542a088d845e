package dev.odometer.store.rocksdb.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes segments ahead of their use, so that a commit finds its disk space taken, its blocks written and its file's
 * metadata synced. A segment is filled with zeros and synced under a temporary name and gets its own name last: one
 * that has its name is complete. Segments that have served are filled with zeros again and reused, which needs no new
 * disk space. Thread-safe.
 */
final class SegmentSupply {
    private static final int CHUNK = 1 << 20;
    private static final int MAX_SPARES = 2;
    private static final long RETRY_NANOS = 100_000_000;
    static final String TEMPORARY = "next.tmp";

    private final JournalConfig config;
    private final JournalFiles files;
    private final Executor executor;
    private final LongSupplier nanos;
    private final Deque<Path> spares = new ArrayDeque<>();
    private @Nullable CompletableFuture<Segment> next;
    private long nextNumber;
    private long failedNanos;

    SegmentSupply(JournalConfig config, JournalFiles files, Executor executor, LongSupplier nanos) {
        this.config = config;
        this.files = files;
        this.executor = executor;
        this.nanos = nanos;
    }

    /** Begins to make segment {@code number} in the background; returns what completes with it. */
    synchronized CompletableFuture<Segment> prepare(long number) {
        CompletableFuture<Segment> making = new CompletableFuture<>();
        next = making;
        nextNumber = number;
        executor.execute(() -> {
            try {
                making.complete(make(number));
            } catch (IOException | RuntimeException e) {
                synchronized (this) {
                    failedNanos = nanos.getAsLong();
                }
                making.completeExceptionally(e);
            }
        });
        return making;
    }

    /**
     * The prepared segment {@code number}. Does not wait.
     *
     * @throws SegmentNotReadyException where it is still being made
     * @throws IOException where there is no room for it; a call after a tenth of a second tries again
     */
    synchronized Segment take(long number) throws IOException {
        CompletableFuture<Segment> begun = nextNumber == number ? next : null;
        boolean failed = begun != null && begun.isCompletedExceptionally();
        boolean again = failed && nanos.getAsLong() - failedNanos > RETRY_NANOS;
        CompletableFuture<Segment> making = begun == null || again ? prepare(number) : begun;
        if (!making.isDone()) {
            throw new SegmentNotReadyException(number);
        }
        try {
            return making.join();
        } catch (CompletionException e) {
            throw new IOException("no room for the journal's next segment: " + e.getCause(), e.getCause());
        }
    }

    /** Waits until the segment that is being made is ready, or could not be made; false where that takes longer. */
    boolean await(long millis) {
        CompletableFuture<Segment> making;
        synchronized (this) {
            making = next;
        }
        if (making == null || making.isDone()) {
            return true;
        }
        try {
            making.get(millis, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            return true; // whoever takes it is told
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return true;
    }

    /**
     * Takes over a segment that an earlier run prepared and did not use: reuses it as {@code number} where it is that
     * one.
     */
    synchronized void adopt(Path path, long number) throws IOException {
        boolean usable = path.endsWith(JournalFormat.fileName(number)) && files.size(path) == config.segmentBytes();
        if (!usable) {
            files.delete(path);
            return;
        }
        next = CompletableFuture.completedFuture(new Segment(number, path, config.segmentBytes(), files.open(path)));
        nextNumber = number;
    }

    /** Begins to make segment {@code number} unless it is there. */
    synchronized void prepareIfAbsent(long number) {
        if (next == null || nextNumber != number) {
            var unused = prepare(number);
        }
    }

    /** Takes back a segment that is no longer needed, to reuse or to delete it. */
    void retire(Path path) throws IOException {
        synchronized (this) {
            if (spares.size() < MAX_SPARES) {
                spares.add(path);
                return;
            }
        }
        files.delete(path);
    }

    /** Closes a prepared segment that was never taken. Its file stays and is used by the next start. */
    void close() throws IOException {
        CompletableFuture<Segment> making;
        synchronized (this) {
            making = next;
            next = null;
        }
        if (making != null && making.isDone() && !making.isCompletedExceptionally()) {
            making.join().file().close();
        }
    }

    /** Makes a segment: durable, filled with zeros, under its name. */
    Segment make(long number) throws IOException {
        Path temporary = config.directory().resolve(TEMPORARY);
        Path path = config.directory().resolve(JournalFormat.fileName(number));
        Path spare;
        synchronized (this) {
            spare = spares.poll();
        }
        if (spare != null) {
            files.rename(spare, temporary);
        } else {
            requireRoom();
        }
        JournalFile file = files.open(temporary);
        try {
            fill(file, number);
            file.truncate(config.segmentBytes()); // a reused file may be of another size
            file.sync();
            files.rename(temporary, path);
            files.syncDirectory(config.directory());
            return new Segment(number, path, config.segmentBytes(), file);
        } catch (IOException | RuntimeException e) {
            file.close();
            files.delete(temporary); // gives back the room that a half-made segment took
            throw e;
        }
    }

    /**
     * Asks before it tries: filling the disk to the brim and giving back the room would disturb everybody else on it.
     */
    private void requireRoom() throws IOException {
        long usable = files.usableBytes(config.directory());
        long needed = config.segmentBytes() + config.segmentBytes() / 4L;
        if (usable < needed) {
            throw new IOException("the file system of " + config.directory() + " has " + usable + " bytes left; "
                    + needed + " are needed");
        }
    }

    private void fill(JournalFile file, long number) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocateDirect(Math.min(CHUNK, config.segmentBytes()));
        JournalFormat.writeSegmentHeader(chunk, config.storeId(), number, config.segmentBytes());
        for (int at = 0; at < config.segmentBytes(); at += chunk.capacity()) {
            chunk.position(0).limit(Math.min(chunk.capacity(), config.segmentBytes() - at));
            file.write(chunk, at);
            if (at == 0) {
                chunk.clear();
                for (int i = 0; i < JournalFormat.FIRST_RECORD; i += 8) {
                    chunk.putLong(i, 0);
                }
            }
        }
    }
}
