package dev.odometer.store.rocksdb.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The write-ahead journal: a row of segment files to which records are written in order, each made durable by a sync
 * that starts after its write. A record that {@link #durable} covers survives the loss of the process and of the
 * machine's power; one that it does not cover may survive, or not, but never without all before it.
 *
 * <p>{@link #append} is for one thread at a time (the store's submission lock); everything else is thread-safe.
 */
public final class Journal implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

    private final JournalConfig config;
    private final JournalFiles files;
    private final SegmentSupply supply;
    private final ExecutorService preparer;
    private final Syncer syncer;
    private final Deque<Long> live =
            new ArrayDeque<>(); // numbers of the segments with needed records; guarded by itself

    private volatile Segment segment;
    private volatile long written;
    private int offset; // only the appending thread's

    private Journal(JournalConfig config, JournalEnvironment environment, Runnable onDurable, Opening opening) {
        this.config = config;
        this.files = environment.files();
        this.preparer = opening.preparer;
        this.supply = opening.supply;
        this.segment = opening.segment;
        this.offset = Math.toIntExact(opening.end.offset());
        this.written = opening.end.sequence();
        Syncer.Source source = new Syncer.Source() {
            @Override
            public long written() {
                return written;
            }

            @Override
            public Segment segment() {
                return segment;
            }
        };
        this.syncer = new Syncer(source, config, environment, written, onDurable);
    }

    /** What {@link #open} has found or made. */
    private record Opening(ExecutorService preparer, SegmentSupply supply, Segment segment, JournalPosition end) {}

    /** Where the first record of a new journal goes. */
    public static JournalPosition start() {
        return new JournalPosition(1, JournalFormat.FIRST_RECORD, 0);
    }

    /**
     * Makes the first segment of a new journal, durably; the directory must hold no records.
     *
     * @return whether there was none: false where segments are there already
     */
    public static boolean create(JournalConfig config, JournalEnvironment environment) throws IOException {
        for (String name : environment.files().list(config.directory())) {
            if (JournalFormat.segmentOf(name) > 0) {
                return false;
            }
        }
        Segment first = new SegmentSupply(config, environment.files(), Runnable::run, environment.nanos()).make(1);
        first.file().close();
        return true;
    }

    /** Whether the journal has one segment and no record was ever written to it. */
    public static boolean isUnused(JournalFiles files, Path directory) throws IOException {
        List<String> names = files.list(directory);
        if (names.size() != 1) {
            return false;
        }
        long number = JournalFormat.segmentOf(names.get(0));
        Path path = directory.resolve(names.get(0));
        return number == 1 && !new SegmentReader(path, number, files.read(path)).isUsed();
    }

    /**
     * Opens the journal and hands over every entry behind {@code from}.
     *
     * @param onDurable run after {@link #durable} has grown or the journal has failed; by any thread, maybe several at
     *     a time
     * @throws dev.odometer.engine.store.StoreException.Damaged where records are missing or not what was written;
     *     nothing was changed
     */
    public static Journal open(
            JournalConfig config,
            JournalEnvironment environment,
            JournalPosition from,
            EntryCodec.Entries entries,
            Runnable onDurable)
            throws IOException {
        JournalRecovery.Result found = new JournalRecovery(config, environment.files(), entries).recover(from);
        Path path =
                config.directory().resolve(JournalFormat.fileName(found.end().segment()));
        ThreadPoolExecutor preparer =
                new ThreadPoolExecutor(0, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), environment.threads());
        preparer.setCorePoolSize(1);
        preparer.allowCoreThreadTimeOut(true);
        SegmentSupply supply = new SegmentSupply(config, environment.files(), preparer, environment.nanos());
        JournalFile file = environment.files().open(path);
        for (Path unneeded : found.old()) {
            supply.retire(unneeded);
        }
        Segment segment = new Segment(found.end().segment(), path, found.size(), file);
        for (Path unused : found.prepared()) {
            supply.adopt(unused, segment.number() + 1);
        }
        Journal journal =
                new Journal(config, environment, onDurable, new Opening(preparer, supply, segment, found.end()));
        synchronized (journal.live) {
            for (long number = from.segment(); number < segment.number(); number++) {
                journal.live.add(number);
            }
            journal.live.add(segment.number());
        }
        supply.prepareIfAbsent(segment.number() + 1);
        return journal;
    }

    /**
     * Writes the record. It is not durable yet: see {@link #sync}.
     *
     * @return the position after it
     * @throws SegmentNotReadyException where it must go into the next segment, and that is still being made: see {@link
     *     #awaitSegment}
     * @throws IOException where nothing was written, or what was written is erased again: the record will never take
     *     effect, and a later one may be written
     * @throws IllegalArgumentException where the record is larger than a segment
     */
    public JournalPosition append(RecordBuffer record) throws IOException {
        long length = JournalFormat.recordLength(record.payloadLength());
        if (length > config.segmentBytes() - JournalFormat.FIRST_RECORD) {
            throw new IllegalArgumentException("a record of " + length + " bytes does not fit into a segment of "
                    + config.segmentBytes() + " bytes");
        }
        Throwable failed = syncer.failure();
        if (failed != null) {
            throw new IOException("the journal has failed", failed);
        }
        if (offset + length > segment.size()) {
            roll();
        }
        Segment current = segment;
        long sequence = written + 1;
        ByteBuffer bytes = record.seal(current.number(), sequence, syncer.durable());
        try {
            current.file().write(bytes, offset);
        } catch (IOException e) {
            erase(current, bytes.limit(), e);
            throw e;
        }
        offset += bytes.limit();
        written = sequence;
        return new JournalPosition(current.number(), offset, sequence);
    }

    /** Waits until the next segment is made, or could not be; false where that takes longer. Any thread may call it. */
    public boolean awaitSegment(long millis) {
        return supply.await(millis);
    }

    /** Takes back a record whose write failed: a part of it, or even all, may be on the disk. */
    private void erase(Segment current, int length, IOException cause) {
        try {
            current.file().write(ByteBuffer.allocate(length), offset);
            current.file().sync();
        } catch (IOException e) {
            syncer.fail(new IOException("a write failed (" + cause + ") and could not be taken back", e));
        }
    }

    private void roll() throws IOException {
        Segment next = supply.take(segment.number() + 1);
        syncer.roll(() -> {
            Segment full = segment;
            offset = JournalFormat.FIRST_RECORD;
            segment = next;
            synchronized (live) {
                live.add(next.number());
            }
            try {
                full.file().close();
            } catch (IOException e) { // all of it was synced before, so nothing is lost
                LOG.warn("The journal's file {} could not be closed: {}", full.path(), e.toString());
            }
        });
        supply.prepareIfAbsent(next.number() + 1);
    }

    /** The sequence up to which all records are durable. */
    public long durable() {
        return syncer.durable();
    }

    /** What made the journal fail for good, if it did; nothing becomes durable after that. */
    public @Nullable Throwable failure() {
        return syncer.failure();
    }

    /**
     * Sees to it that the record becomes durable: where syncs are fast it is when this returns, else it soon will be.
     */
    public void sync(long sequence) {
        syncer.request(sequence);
    }

    /** Returns when the record is durable, or the journal has failed. */
    public void syncNow(long sequence) {
        syncer.syncNow(sequence);
    }

    /** Says that no record of the segments before this one will be needed again. */
    public void retireBefore(long number) throws IOException {
        synchronized (live) {
            while (!live.isEmpty() && live.getFirst() < Math.min(number, segment.number())) {
                supply.retire(config.directory().resolve(JournalFormat.fileName(live.removeFirst())));
            }
        }
    }

    /** Syncs what was written and closes the files. */
    @Override
    public void close() throws IOException {
        syncer.syncNow(written);
        syncer.close(2_000);
        preparer.shutdown();
        try {
            preparer.awaitTermination(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        supply.close();
        segment.file().close();
        files.syncDirectory(config.directory());
    }

    /** Lets go of the files as a killed process would: nothing is synced. For tests. */
    public void abandon() throws IOException {
        syncer.close(10_000);
        preparer.shutdown();
        supply.close();
        segment.file().close();
    }
}
