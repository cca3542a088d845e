package dev.odometer.cli.client;

import dev.odometer.cli.console.CommandException;
import dev.odometer.cli.console.ExitCode;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Reads an exported file, counter by counter, and judges at its end whether it is whole. Thread-confined. */
final class DumpReader implements AutoCloseable {
    /** The longest line: a key of 256 bytes, each escaped, fits several times. */
    private static final int MAX_LINE_BYTES = 8_192;

    private final InputStream in;
    private final boolean unsealed;
    private final DumpLine.Parser parser = new DumpLine.Parser();
    private final Digest digest = new Digest();
    private final byte[] line = new byte[MAX_LINE_BYTES];
    private long lines;
    private long counters;
    private boolean ended;

    /**
     * Reads from a stream, which it closes.
     *
     * @param unsealed whether a file without its last line will do
     */
    DumpReader(InputStream in, boolean unsealed) {
        this.in = new BufferedInputStream(in, 1 << 16);
        this.unsealed = unsealed;
    }

    /** The next counter; null after the last one of a file that is whole.
     *
     * @throws CommandException where the file is damaged or truncated */
    DumpLine.@Nullable Counter next() throws IOException {
        while (true) {
            int length = readLine();
            if (length < 0) {
                if (!ended && !unsealed) {
                    throw damaged("the file ends after " + counters
                            + " counters without the last line that export writes: it is truncated."
                            + " If it never had one, say --unsealed");
                }
                return null;
            }
            if (ended) {
                throw damaged("something follows the file's last line");
            }
            DumpLine parsed = parse(length);
            if (parsed instanceof DumpLine.Counter counter) {
                counters++;
                digest.update(line, length);
                return counter;
            }
            ended = true;
            check((DumpLine.Trailer) parsed);
        }
    }

    /** How many counters have been read. */
    long counters() {
        return counters;
    }

    /** A name for the content read so far. */
    String fingerprint() {
        return HexFormat.of().formatHex(digest.current());
    }

    private DumpLine parse(int length) {
        try {
            return parser.parse(line, length);
        } catch (IllegalArgumentException e) {
            throw damaged("line " + lines + " of the file is damaged: " + e.getMessage());
        }
    }

    private void check(DumpLine.Trailer trailer) {
        if (trailer.counters() != counters) {
            throw damaged("the file has " + counters + " counters, but its last line says " + trailer.counters());
        }
        String expected = trailer.sha256();
        if (expected != null && !expected.equals(fingerprint())) {
            throw damaged("the file's content does not match the checksum in its last line: it was damaged or edited."
                    + " If you edited it, take \"sha256\" out of the last line");
        }
    }

    /** Reads a line with its end into {@link #line}; returns its length, or -1 at the end. */
    private int readLine() throws IOException {
        int length = 0;
        int b = in.read();
        while (b >= 0) {
            if (length == MAX_LINE_BYTES) {
                throw damaged("line " + (lines + 1) + " of the file has more than " + MAX_LINE_BYTES + " bytes");
            }
            line[length++] = (byte) b;
            if (b == '\n') {
                break;
            }
            b = in.read();
        }
        lines++;
        return length == 0 ? -1 : length;
    }

    private static CommandException damaged(String message) {
        return new CommandException(ExitCode.DATA, message);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
