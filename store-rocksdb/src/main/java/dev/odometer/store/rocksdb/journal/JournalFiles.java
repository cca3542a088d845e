package dev.odometer.store.rocksdb.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The file system as the journal uses it; tests put one between that fails. Thread-safe. */
public interface JournalFiles {
    /** The names of the files in a directory, in any order; creates the directory where it is absent. */
    List<String> list(Path directory) throws IOException;

    /** Opens a file for writing, creating it where it is absent; each call gives a file description of its own. */
    JournalFile open(Path path) throws IOException;

    /**
     * Opens a file that is there, for writing, with a file description of its own.
     *
     * @throws java.nio.file.NoSuchFileException where it is not there
     */
    JournalFile reopen(Path path) throws IOException;

    /** The size of a file in bytes. */
    long size(Path path) throws IOException;

    /** The whole content of a file. */
    byte[] read(Path path) throws IOException;

    /** Renames a file within its directory, replacing what has the name. Not durable until {@link #syncDirectory}. */
    void rename(Path from, Path to) throws IOException;

    /** Deletes a file where it exists. */
    void delete(Path path) throws IOException;

    /** The bytes that can still be written to the file system of a directory. */
    long usableBytes(Path directory) throws IOException;

    /** Makes creations, renames and deletions in a directory durable. */
    void syncDirectory(Path directory) throws IOException;
}
