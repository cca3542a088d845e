package dev.odometer.store.rocksdb.journal;

import java.io.IOException;
import java.nio.ByteBuffer;

/** One open file of the journal. Writes come from one thread at a time; {@link #sync} may run beside them. */
public interface JournalFile extends AutoCloseable {
    /** Writes all remaining bytes at {@code position}. */
    void write(ByteBuffer bytes, long position) throws IOException;

    /** Returns when all that was written to the file before the call is durable (fdatasync). */
    void sync() throws IOException;

    /** Cuts the file to a size, where it is longer. */
    void truncate(long size) throws IOException;

    @Override
    void close() throws IOException;
}
