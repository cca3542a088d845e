package dev.odometer.store.rocksdb.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.odometer.engine.store.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the start makes of a journal that was cut off by a crash, and of one that is damaged: those must never be mixed
 * up.
 */
class JournalDamageTest {
    @TempDir
    Path directory;

    private JournalFixture fixture;

    @BeforeEach
    void makeFixture() {
        fixture = new JournalFixture(directory.resolve("journal"));
        fixture.files.withoutSyncs = true; // these tests take away what a crash would
    }

    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    /** Writes records of these sizes, each synced, and returns where they end. */
    private List<Integer> records(int... changes) throws IOException {
        try (Journal journal = fixture.create()) {
            for (int i = 0; i < changes.length; i++) {
                fixture.writeAll(journal, i + 1, i + 1, changes[i]);
            }
        }
        fixture.recover();
        return fixture.ends.stream().map(end -> (int) end.offset()).toList();
    }

    private void assertDamaged() {
        assertThatThrownBy(() -> fixture.recover())
                .isInstanceOf(StoreException.Damaged.class)
                .hasMessageContaining("Nothing was changed")
                .hasMessageContaining(".journal");
    }

    @Test
    void aLastRecordThatWasCutOffAtAnyByteIsDroppedAndTheJournalGoesOn() throws IOException {
        List<Integer> ends = records(5, 9, 45);
        byte[] whole = fixture.bytes(1);
        for (int cut = ends.get(1); cut < ends.get(2); cut++) {
            byte[] bytes = whole.clone();
            Arrays.fill(bytes, cut, bytes.length, (byte) 0);
            fixture.put(1, bytes);
            fixture.recover();
            // Only bytes that fill up the record may be missing in one that counts.
            boolean payloadWhole = fixture.replayed.size() == 3;
            assertThat(fixture.numbers()).as("cut at " + cut).isEqualTo(upTo(payloadWhole ? 3 : 2));
            assertThat(!payloadWhole || cut > ends.get(2) - 72)
                    .as("cut at " + cut)
                    .isTrue();
            if (cut % 37 == 0) {
                try (Journal journal = fixture.open()) {
                    fixture.writeAll(journal, fixture.replayed.size() + 1, 4, 3);
                }
                fixture.recover();
                assertThat(fixture.numbers()).as("cut at " + cut).isEqualTo(upTo(4));
            }
        }
    }

    @Test
    void aLastRecordOfWhichAnySectorWasNotWrittenIsDropped() throws IOException {
        List<Integer> ends = records(5, 9, 130);
        byte[] whole = fixture.bytes(1);
        int begin = ends.get(1);
        int end = ends.get(2);
        for (int sector = begin / 512 * 512; sector < end; sector += 512) {
            byte[] bytes = whole.clone();
            Arrays.fill(bytes, Math.max(begin, sector), Math.min(end, sector + 512), (byte) 0);
            fixture.put(1, bytes);
            fixture.recover();
            assertThat(fixture.numbers()).as("sector at " + sector).isEqualTo(upTo(2));
            assertThat(fixture.bytes(1)).endsWith(new byte[JournalFixture.SEGMENT - begin]);
        }
    }

    @Test
    void aRecordThatWasSyncedAndIsCutOffIsDamage() throws IOException {
        List<Integer> ends = records(5, 60, 9, 3);
        byte[] whole = fixture.bytes(1);
        for (int sector = 512; sector < ends.get(2); sector += 512) {
            byte[] bytes = whole.clone();
            Arrays.fill(bytes, sector, Math.min(ends.get(2), sector + 512), (byte) 0);
            fixture.put(1, bytes);
            assertDamaged();
            assertThat(fixture.bytes(1)).isEqualTo(bytes);
        }
    }

    @Test
    void aBitThatIsTurnedOverAnywhereInARecordIsDamageOrHarmlessAndNeverWrong() throws IOException {
        List<Integer> ends = records(5, 9, 45);
        byte[] whole = fixture.bytes(1);
        int harmless = 0;
        for (int at = 0; at < ends.get(2); at = at == 40 ? 500 : at + 1) { // the rest of the first sector is unused
            for (int mask : new int[] {1 << at % 8, 0xFF}) {
                byte[] bytes = whole.clone();
                bytes[at] ^= (byte) mask;
                fixture.put(1, bytes);
                try {
                    fixture.recover();
                    assertThat(fixture.numbers()).as("byte " + at).isEqualTo(upTo(3));
                    assertThat(fixture.replayed.get(2)).isEqualTo(JournalFixture.stored(JournalFixture.commit(3, 45)));
                    harmless++;
                } catch (StoreException.Damaged refused) {
                    assertThat(refused).hasMessageContaining("Nothing was changed");
                }
                assertThat(Arrays.mismatch(fixture.bytes(1), bytes)).isEqualTo(-1);
            }
        }
        // The unused part of the segment's header and what fills up the records.
        assertThat(harmless).isLessThan(2 * (512 + 4 * 72));
    }

    @Test
    void severalUnsyncedRecordsEndWithTheFirstThatIsNotWhole() throws IOException {
        Journal journal = fixture.create();
        fixture.writeAll(journal, 1, 2, 5);
        JournalPosition third = fixture.write(journal, 3, 30);
        JournalPosition fourth = fixture.write(journal, 4, 30);
        fixture.write(journal, 5, 5);
        journal.abandon();
        byte[] bytes = fixture.bytes(1);
        int from = (int) third.offset() / 512 * 512 + 512;
        assertThat(from + 512).isLessThan((int) fourth.offset());
        Arrays.fill(bytes, from, from + 512, (byte) 0);
        fixture.put(1, bytes);
        try (Journal again = fixture.open()) {
            assertThat(fixture.numbers()).isEqualTo(upTo(3));
            fixture.writeAll(again, 4, 4, 2);
        }
        fixture.recover();
        assertThat(fixture.numbers()).isEqualTo(upTo(4));
    }

    @Test
    void unsyncedRecordsAreWrittenAndSyncedAgainBeforeTheyCount() throws IOException {
        Journal journal = fixture.create();
        fixture.writeAll(journal, 1, 2, 5);
        fixture.write(journal, 3, 5);
        journal.abandon();
        fixture.files.syncFailure = new IOException("input/output error");
        assertThatThrownBy(() -> fixture.recover()).isInstanceOf(StoreException.Unreachable.class);
        assertThat(fixture.numbers()).isEqualTo(upTo(2)); // the third record says that these had been synced
        fixture.files.syncFailure = null;
        fixture.recover();
        assertThat(fixture.numbers()).isEqualTo(upTo(3));
    }

    @Test
    void aMissingSegmentIsDamage() throws IOException {
        try (Journal journal = fixture.create()) {
            fixture.writeAll(journal, 1, 100, 10);
        }
        fixture.recover();
        long last = fixture.ends.get(99).segment();
        for (long missing = 1; missing < last; missing++) {
            byte[] bytes = fixture.bytes(missing);
            Files.delete(fixture.segment(missing));
            assertDamaged();
            fixture.put(missing, bytes);
        }
        fixture.recover();
        assertThat(fixture.numbers()).isEqualTo(upTo(100));
    }

    @Test
    void aSegmentInThePlaceOfAnotherIsDamage() throws IOException {
        try (Journal journal = fixture.create()) {
            fixture.writeAll(journal, 1, 100, 10);
        }
        byte[] second = fixture.bytes(2);
        fixture.put(2, fixture.bytes(1));
        assertDamaged();
        byte[] relabelled = fixture.bytes(1);
        System.arraycopy(second, 0, relabelled, 0, 512);
        fixture.put(2, relabelled);
        assertDamaged();
        fixture.put(2, second);
        fixture.recover();
        assertThat(fixture.numbers()).isEqualTo(upTo(100));
    }

    @Test
    void aSegmentOfAnotherStoreIsDamage() throws IOException {
        records(5);
        byte[] bytes = fixture.bytes(1);
        JournalFormat.writeSegmentHeader(ByteBuffer.wrap(bytes), 43, 1, bytes.length);
        fixture.put(1, bytes);
        assertDamaged();
    }

    @Test
    void aSegmentOfANewerVersionIsRefused() throws IOException {
        records(5);
        byte[] bytes = fixture.bytes(1);
        ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        JournalFormat.writeSegmentHeader(header, JournalFixture.STORE, 1, bytes.length);
        header.putInt(8, 2);
        java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
        crc.update(bytes, 0, 32);
        header.putInt(32, (int) crc.getValue());
        fixture.put(1, bytes);
        assertThatThrownBy(() -> fixture.recover())
                .isInstanceOf(StoreException.Incompatible.class)
                .hasMessageContaining("newer version");
    }

    @Test
    void aSegmentThatWasCutShortIsDamage() throws IOException {
        List<Integer> ends = records(5, 9, 45);
        byte[] bytes = fixture.bytes(1);
        for (int length : new int[] {0, 100, 512, ends.get(1), bytes.length - 1}) {
            fixture.put(1, Arrays.copyOf(bytes, length));
            assertDamaged();
        }
    }

    @Test
    void aSegmentThatWasEmptiedBehindThePositionIsDamage() throws IOException {
        records(5, 9, 45);
        JournalPosition from = fixture.ends.get(1);
        byte[] bytes = fixture.bytes(1);
        Arrays.fill(bytes, 512, bytes.length, (byte) 0);
        fixture.put(1, bytes);
        assertThatThrownBy(() -> fixture.recover(from)).isInstanceOf(StoreException.Damaged.class);
    }
}
