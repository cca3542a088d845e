package dev.odometer.store.rocksdb.journal;

import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.BatchId;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CounterChange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A journal in a directory of a test, whose records are numbered commits. */
final class JournalFixture {
    static final int SEGMENT = 8 * 1024;
    static final long STORE = 42;

    final Path directory;
    final FaultyFiles files = new FaultyFiles();
    final List<String> fatal = new CopyOnWriteArrayList<>();
    final RecordBuffer buffer = new RecordBuffer();
    final List<Commit> replayed = new ArrayList<>();
    final List<JournalPosition> ends = new ArrayList<>();
    final AtomicLong clock = new AtomicLong();
    private int segmentBytes = SEGMENT;
    private long slowNanos = Long.MAX_VALUE / 8;

    JournalFixture(Path directory) {
        this.directory = directory;
    }

    /** Syncs count as slow: each takes a microsecond of the test's clock, and slow is a tenth of that. */
    JournalFixture slowDisk() {
        slowNanos = 100;
        return this;
    }

    JournalFixture segments(int bytes) {
        segmentBytes = bytes;
        return this;
    }

    JournalConfig config() {
        return new JournalConfig(directory, STORE, segmentBytes, 4, slowNanos);
    }

    JournalEnvironment environment() {
        return new JournalEnvironment(
                files,
                task -> {
                    Thread thread = new Thread(task, "journal-test");
                    thread.setDaemon(true);
                    return thread;
                },
                () -> clock.addAndGet(1_000),
                (message, cause) -> fatal.add(message));
    }

    Journal create() throws IOException {
        Journal.create(config(), environment());
        return open();
    }

    Journal open() throws IOException {
        return open(Journal.start(), () -> {});
    }

    Journal open(JournalPosition from, Runnable onDurable) throws IOException {
        return Journal.open(config(), environment(), from, entries(), onDurable);
    }

    /** Reads the journal as a start does, without its threads and without going on. */
    void recover(JournalPosition from) throws IOException {
        new JournalRecovery(config(), files, entries()).recover(from);
    }

    void recover() throws IOException {
        recover(Journal.start());
    }

    private EntryCodec.Entries entries() {
        replayed.clear();
        ends.clear();
        return new EntryCodec.Entries() {
            @Override
            public void commit(Commit commit) {
                replayed.add(commit);
            }

            @Override
            public void acquired(int shard, long epoch, String owner) {}

            @Override
            public void recordEnd(JournalPosition end) {
                ends.add(end);
            }
        };
    }

    /** The commit with this number; its size grows with {@code changes}. */
    static Commit commit(long number, int changes) {
        List<CounterChange> rows = new ArrayList<>();
        for (int i = 0; i < changes; i++) {
            rows.add(new CounterChange(Key.of("key/" + number + "/" + i), number, i, i % 5 == 4));
        }
        return new Commit(3, 1, number, new BatchId(number, 1), changes, rows, List.of(), List.of());
    }

    /** A commit as it is read back: a deleted counter has no values. */
    static Commit stored(Commit commit) {
        List<CounterChange> rows = commit.changes().stream()
                .map(row -> row.deleted() ? new CounterChange(row.key(), 0, 0, true) : row)
                .toList();
        return new Commit(
                commit.shard(),
                commit.epoch(),
                commit.sequence(),
                commit.batchId(),
                commit.counters(),
                rows,
                commit.forgotten(),
                commit.identities());
    }

    /** Writes the commit with this number, and leaves it to a later sync. */
    JournalPosition write(Journal journal, long number, int changes) throws IOException {
        buffer.begin();
        EntryCodec.encode(buffer, commit(number, changes));
        while (true) {
            try {
                return journal.append(buffer);
            } catch (SegmentNotReadyException e) {
                journal.awaitSegment(1_000);
            }
        }
    }

    /** Writes and syncs the commits with these numbers. */
    @Nullable
    JournalPosition writeAll(Journal journal, long from, long to, int changes) throws IOException {
        JournalPosition end = null;
        for (long number = from; number <= to; number++) {
            end = write(journal, number, changes);
            journal.syncNow(end.sequence());
        }
        return end;
    }

    List<Long> numbers() {
        return replayed.stream().map(Commit::sequence).toList();
    }

    Path segment(long number) {
        return directory.resolve(JournalFormat.fileName(number));
    }

    byte[] bytes(long segment) throws IOException {
        return Files.readAllBytes(segment(segment));
    }

    void put(long segment, byte[] bytes) throws IOException {
        Files.write(segment(segment), bytes);
    }
}
