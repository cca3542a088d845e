package dev.odometer.store.rocksdb.journal;

import dev.odometer.engine.store.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the journal at the start, from a position on.
 *
 * <p>The rules, which fail closed: an intact record counts, whether or not it was acknowledged. A record that was cut
 * off ends the journal, unless something shows that it had once been synced (a later record says so, or a later segment
 * is in use: a segment is only begun when the one before it is synced). Everything else is damage and stops the start
 * before anything is changed.
 *
 * <p>What is behind the end is then filled with zeros. Records that nothing shows to have been synced are written again
 * and synced, so that what is served from now on is on the disk, even if the kernel had lost a write whose failure
 * ended the process before.
 */
final class JournalRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(JournalRecovery.class);

    private final JournalConfig config;
    private final JournalFiles files;
    private final EntryCodec.Entries entries;
    private final TreeMap<Long, Path> segments = new TreeMap<>();

    private long sequence;
    private final ArrayDeque<Found> unproven = new ArrayDeque<>(); // all in the last segment

    JournalRecovery(JournalConfig config, JournalFiles files, EntryCodec.Entries entries) {
        this.config = config;
        this.files = files;
        this.entries = entries;
    }

    /** A record that is intact. */
    private record Found(SegmentReader segment, int at, JournalPosition end) {}

    /**
     * What was found.
     *
     * @param end where the next record goes
     * @param size the bytes of the segment of {@code end}
     * @param prepared segments after that one, made but never used
     * @param old segments before the position that was read from
     */
    record Result(JournalPosition end, int size, List<Path> prepared, List<Path> old) {}

    Result recover(JournalPosition from) throws IOException {
        find();
        if (!segments.containsKey(from.segment())) {
            throw SegmentReader.damaged(
                    config.directory().resolve(JournalFormat.fileName(from.segment())), 0, "the file is missing");
        }
        List<Path> old = new ArrayList<>(segments.headMap(from.segment()).values());
        sequence = from.sequence();
        long number = from.segment();
        int offset = Math.toIntExact(from.offset());
        SegmentReader segment = read(number);
        while (true) {
            if (offset > segment.size() || !segment.recordEndsAt(offset)) {
                throw segment.damaged(offset, "it ends before the place up to which it had been used");
            }
            int end = replay(segment, number, offset);
            SegmentReader next = segments.containsKey(number + 1) ? read(number + 1) : null;
            boolean nextUsed = next != null && next.isUsed();
            endOf(segment, end, nextUsed);
            if (next == null || !nextUsed) {
                refuseLater(number + 1);
                settle(segment, end);
                return new Result(
                        new JournalPosition(number, end, sequence),
                        segment.size(),
                        new ArrayList<>(segments.tailMap(number, false).values()),
                        old);
            }
            deliver(sequence);
            segment = next;
            number++;
            offset = JournalFormat.FIRST_RECORD;
        }
    }

    private void find() throws IOException {
        for (String name : files.list(config.directory())) {
            long number = JournalFormat.segmentOf(name);
            if (number > 0) {
                segments.put(number, config.directory().resolve(name));
            }
        }
    }

    private SegmentReader read(long number) throws IOException {
        Path path = segments.get(number);
        if (path == null) {
            throw new IllegalStateException("segment " + number + " is not there");
        }
        SegmentReader reader = new SegmentReader(path, number, files.read(path));
        reader.checkHeader(config.storeId());
        return reader;
    }

    /** Takes the intact records from {@code offset} on; returns where they end. */
    private int replay(SegmentReader segment, long number, int offset) {
        int at = offset;
        while (segment.look(at, sequence + 1) == SegmentReader.Found.RECORD) {
            long durable = segment.durable(at);
            if (durable > sequence) {
                throw segment.damaged(at, "a record claims to have been synced before it was written");
            }
            sequence++;
            int end = segment.end(at);
            unproven.add(new Found(segment, at, new JournalPosition(number, end, sequence)));
            deliver(durable);
            at = end;
        }
        return at;
    }

    /** Hands over the records up to {@code sequence}, which are on the disk. */
    private void deliver(long durable) {
        while (!unproven.isEmpty() && unproven.getFirst().end().sequence() <= durable) {
            Found found = unproven.removeFirst();
            found.segment().decode(found.at(), entries);
            entries.recordEnd(found.end());
        }
    }

    /** Judges what is behind the last intact record of a segment. */
    private void endOf(SegmentReader segment, int end, boolean nextUsed) {
        SegmentReader.Found found = segment.look(end, sequence + 1);
        if (found == SegmentReader.Found.NOTHING) {
            return;
        }
        if (found == SegmentReader.Found.DAMAGED) {
            throw segment.damaged(end, "record " + (sequence + 1) + " is not what was written");
        }
        if (nextUsed || segment.provenFrom(end) > sequence) {
            throw segment.damaged(end, "record " + (sequence + 1) + " is incomplete, though it had been synced");
        }
    }

    /** A gap in the numbers, or anything written behind a segment that was never begun, is damage. */
    private void refuseLater(long from) throws IOException {
        long expected = from;
        for (long number : segments.tailMap(from).keySet()) {
            SegmentReader later = read(number);
            if (later.isUsed() && number == expected) {
                throw later.damaged(JournalFormat.FIRST_RECORD, "it was begun though the segment before it was not");
            }
            if (number != expected) {
                throw SegmentReader.damaged(
                        config.directory().resolve(JournalFormat.fileName(expected)), 0, "the file is missing");
            }
            expected++;
        }
    }

    /** Erases what was cut off, makes sure that all records are on the disk, and hands over the last of them. */
    private void settle(SegmentReader segment, int end) throws IOException {
        boolean cutOff = segment.look(end, sequence + 1) == SegmentReader.Found.CUT_OFF;
        try (JournalFile file = files.open(segment.path())) {
            if (!unproven.isEmpty()) {
                int first = unproven.getFirst().at();
                file.write(segment.slice(first, end), first);
            }
            if (cutOff) {
                LOG.info(
                        "The last record of the journal was cut off at byte {} of {}: a commit that was being "
                                + "written when the process"
                                + " ended and had not been acknowledged. It was dropped.",
                        end,
                        segment.path());
                file.write(ByteBuffer.allocate(segment.size() - end), end);
            }
            file.sync();
        } catch (IOException e) {
            throw new StoreException.Unreachable(
                    "Could not write to the journal file " + segment.path() + " at the start (" + e
                            + "). Nothing is lost. Check the disk and its free space, then start again.",
                    e);
        }
        deliver(sequence);
    }
}
