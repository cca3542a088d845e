package dev.odometer.store.rocksdb.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    @TempDir
    Path directory;

    private JournalFixture fixture;

    @BeforeEach
    void makeFixture() {
        fixture = new JournalFixture(directory.resolve("journal"));
    }

    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    @Test
    void recordsComeBackInOrderAndWhole() throws IOException {
        try (Journal journal = fixture.create()) {
            fixture.writeAll(journal, 1, 10, 7);
        }
        try (Journal journal = fixture.open()) {
            assertThat(fixture.replayed)
                    .isEqualTo(upTo(10).stream()
                            .map(number -> JournalFixture.stored(JournalFixture.commit(number, 7)))
                            .toList());
            assertThat(journal.durable()).isEqualTo(10);
            fixture.writeAll(journal, 11, 12, 7);
        }
        fixture.open().close();
        assertThat(fixture.numbers()).isEqualTo(upTo(12));
    }

    @Test
    void aJournalGoesOnOverManySegments() throws IOException {
        try (Journal journal = fixture.create()) {
            fixture.writeAll(journal, 1, 300, 10);
        }
        fixture.open().close();
        assertThat(fixture.numbers()).isEqualTo(upTo(300));
        assertThat(fixture.ends.get(299).segment()).isGreaterThan(5);
    }

    @Test
    void aFullSegmentThatCannotBeClosedDoesNotStopTheJournal() throws IOException {
        try (Journal journal = fixture.create()) {
            fixture.files.closeFailure = new IOException("stale file handle");
            JournalPosition end = fixture.writeAll(journal, 1, 300, 10);
            journal.retireBefore(end.segment());
            fixture.files.closeFailure = null;
            try (Stream<Path> files = Files.list(fixture.directory)) {
                assertThat(files.count()).isLessThanOrEqualTo(5); // none of them was lost sight of
            }
        }
        assertThat(fixture.fatal).isEmpty();
    }

    @Test
    void aSegmentThatIsGoneWhenASyncThreadLooksForItNeedsNoSync() throws IOException {
        fixture.slowDisk();
        try (Journal journal = fixture.create()) {
            fixture.writeAll(journal, 1, 10, 1);
            Semaphore gate = new Semaphore(0);
            fixture.files.reopenGate = gate;
            journal.sync(fixture.write(journal, 11, 1).sequence());
            await().until(() -> fixture.files.reopened.get() == 1);
            long last = 11;
            JournalPosition end;
            do {
                end = fixture.write(journal, ++last, 10);
                journal.retireBefore(end.segment());
            } while (end.segment() < 6);
            await().until(() -> !Files.exists(fixture.segment(1)));
            gate.release(1_000);
            journal.sync(end.sequence());
            long written = end.sequence();
            await().until(() -> journal.durable() == written);
            assertThat(fixture.segment(1)).doesNotExist();
        }
        assertThat(fixture.fatal).isEmpty();
    }

    @Test
    void readingBeginsBehindThePositionThatIsGiven() throws IOException {
        try (Journal journal = fixture.create()) {
            fixture.writeAll(journal, 1, 100, 10);
        }
        fixture.open().close();
        List<JournalPosition> ends = List.copyOf(fixture.ends);
        for (JournalPosition from : ends) {
            fixture.open(from, () -> {}).close();
            assertThat(fixture.numbers())
                    .isEqualTo(LongStream.rangeClosed(from.sequence() + 1, 100)
                            .boxed()
                            .toList());
        }
    }

    @Test
    void segmentsThatAreNoLongerNeededAreReusedAndTheirRecordsNeverComeBack() throws IOException {
        JournalPosition from = Journal.start();
        long written = 0;
        for (int round = 0; round < 6; round++) {
            try (Journal journal = round == 0 ? fixture.create() : fixture.open(from, () -> {})) {
                assertThat(fixture.replayed).isEmpty();
                for (int part = 0; part < 5; part++) {
                    from = fixture.writeAll(journal, written + 1, written + 40, 10);
                    written += 40;
                    journal.retireBefore(from.segment());
                }
            }
        }
        try (Stream<Path> files = Files.list(fixture.directory)) {
            assertThat(files.count()).isLessThanOrEqualTo(5);
        }
        try (Journal journal = fixture.open(from, () -> {})) {
            assertThat(fixture.replayed).isEmpty();
            assertThat(journal.durable()).isEqualTo(written);
        }
    }

    @Test
    void aRecordThatIsLargerThanASegmentIsRefused() throws IOException {
        try (Journal journal = fixture.create()) {
            assertThatThrownBy(() -> fixture.write(journal, 1, 2_000)).isInstanceOf(IllegalArgumentException.class);
            fixture.writeAll(journal, 1, 3, 10);
        }
        fixture.open().close();
        assertThat(fixture.numbers()).isEqualTo(upTo(3));
    }

    @Test
    void anInterruptOfTheCallerDoesNotHurtTheJournal() throws IOException {
        try (Journal journal = fixture.create()) {
            Thread.currentThread().interrupt();
            fixture.writeAll(journal, 1, 3, 10);
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(fixture.fatal).isEmpty();
        fixture.open().close();
        assertThat(fixture.numbers()).isEqualTo(upTo(3));
    }

    @Test
    void withoutRoomForTheNextSegmentNothingIsWrittenAndItGoesOnWhenThereIsRoom() throws IOException {
        Journal.create(fixture.config(), fixture.environment());
        fixture.files.usable = 0;
        long written = 0;
        try (Journal journal = fixture.open()) {
            long next = 1;
            IOException refusal = null;
            while (refusal == null) {
                try {
                    fixture.writeAll(journal, next, next, 10);
                    written = next++;
                } catch (IOException e) {
                    refusal = e;
                }
            }
            assertThat(refusal).hasMessageContaining("no room");
            assertThat(journal.durable()).isEqualTo(written);
            assertThatThrownBy(() -> fixture.writeAll(journal, 99, 99, 10)).isInstanceOf(IOException.class);
            fixture.files.usable = Long.MAX_VALUE;
            long number = next;
            await().until(() -> {
                fixture.clock.addAndGet(1_000_000_000L);
                try {
                    fixture.writeAll(journal, number, number, 10);
                    return true;
                } catch (IOException e) {
                    return false;
                }
            });
            written = number;
        }
        fixture.open().close();
        assertThat(fixture.numbers()).isEqualTo(upTo(written));
    }

    @Test
    void aWriteThatFailsIsTakenBackAndTheNextOneTakesItsPlace() throws IOException {
        for (int reached : new int[] {0, 100, 512, 100_000}) {
            fixture = new JournalFixture(directory.resolve("journal" + reached));
            try (Journal journal = fixture.create()) {
                fixture.writeAll(journal, 1, 2, 20);
                assertThat(journal.awaitSegment(60_000)).isTrue(); // so that the failure does not meet its making
                fixture.files.writeFailure = new IOException("the disk is sulking");
                fixture.files.writtenBeforeFailure = reached;
                fixture.files.failingWrites.set(1);
                assertThatThrownBy(() -> fixture.write(journal, 99, 20)).hasMessageContaining("sulking");
                assertThat(fixture.fatal).isEmpty();
            }
            fixture.open().close();
            assertThat(fixture.numbers()).isEqualTo(upTo(2));
            try (Journal journal = fixture.open()) {
                fixture.writeAll(journal, 3, 3, 20);
            }
            fixture.open().close();
            assertThat(fixture.numbers()).isEqualTo(upTo(3));
        }
    }

    @Test
    void aWriteThatCannotBeTakenBackIsFatal() throws IOException {
        try (Journal journal = fixture.create()) {
            fixture.writeAll(journal, 1, 2, 20);
            fixture.files.writeFailure = new IOException("the disk is gone");
            fixture.files.failingWrites.set(100);
            assertThatThrownBy(() -> fixture.write(journal, 3, 20)).isInstanceOf(IOException.class);
            assertThat(fixture.fatal).hasSize(1);
            assertThat(journal.failure()).isNotNull();
            fixture.files.failingWrites.set(0);
            assertThatThrownBy(() -> fixture.write(journal, 3, 20)).hasMessageContaining("failed");
        }
    }

    @Test
    void aSyncThatFailsIsFatalAndNothingIsDurableAfterIt() throws IOException {
        try (Journal journal = fixture.create()) {
            fixture.writeAll(journal, 1, 2, 20);
            JournalPosition end = fixture.write(journal, 3, 20);
            fixture.files.syncFailure = new IOException("input/output error");
            journal.sync(end.sequence());
            assertThat(fixture.fatal).hasSize(1).first().asString().contains("input/output error");
            fixture.files.syncFailure = null;
            journal.syncNow(end.sequence());
            assertThat(journal.durable()).isEqualTo(2);
            assertThatThrownBy(() -> fixture.write(journal, 4, 20)).hasMessageContaining("failed");
        }
        assertThat(fixture.fatal).hasSize(1);
    }

    @Test
    void aSlowDiskSyncsBesideTheWriterAndALaterSyncCoversEarlierRecords() throws IOException {
        fixture.slowDisk();
        AtomicInteger signals = new AtomicInteger();
        Journal.create(fixture.config(), fixture.environment());
        try (Journal journal = fixture.open(Journal.start(), signals::incrementAndGet)) {
            fixture.writeAll(journal, 1, 10, 1);
            Semaphore gate = new Semaphore(0);
            fixture.files.syncGate = gate;
            int before = fixture.files.syncs.get();
            for (int number = 11; number <= 14; number++) {
                journal.sync(fixture.write(journal, number, 1).sequence());
                int begun = before + number - 10;
                await().until(() -> fixture.files.syncs.get() >= begun);
            }
            assertThat(journal.durable()).isEqualTo(10);
            gate.release(1);
            await().until(() -> journal.durable() > 10);
            gate.release(1_000);
            await().until(() -> journal.durable() == 14);
            assertThat(signals.get()).isGreaterThan(1);
        }
    }

    @Test
    void aSyncThatFailsBesideTheWriterIsFatalToo() throws IOException {
        fixture.slowDisk();
        try (Journal journal = fixture.create()) {
            fixture.writeAll(journal, 1, 10, 1);
            fixture.files.syncFailure = new IOException("input/output error");
            journal.sync(fixture.write(journal, 11, 1).sequence());
            await().until(() -> !fixture.fatal.isEmpty());
            fixture.files.syncFailure = null;
            assertThatThrownBy(() -> fixture.write(journal, 12, 1)).hasMessageContaining("failed");
            assertThat(journal.durable()).isEqualTo(10);
        }
    }
}
