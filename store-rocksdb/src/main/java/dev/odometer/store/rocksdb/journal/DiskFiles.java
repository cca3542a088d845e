package dev.odometer.store.rocksdb.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** The real file system. Stateless. */
public final class DiskFiles implements JournalFiles {
    @Override
    public List<String> list(Path directory) throws IOException {
        Files.createDirectories(directory);
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        }
    }

    @Override
    public JournalFile open(Path path) throws IOException {
        return new DiskFile(FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
    }

    @Override
    public JournalFile reopen(Path path) throws IOException {
        return new DiskFile(FileChannel.open(path, StandardOpenOption.WRITE));
    }

    @Override
    public long size(Path path) throws IOException {
        return Files.size(path);
    }

    @Override
    public byte[] read(Path path) throws IOException {
        return Files.readAllBytes(path);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void delete(Path path) throws IOException {
        Files.deleteIfExists(path);
    }

    @Override
    public long usableBytes(Path directory) throws IOException {
        return Files.getFileStore(directory).getUsableSpace();
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /**
     * A file channel. An interrupt would close it in the middle of a write, so the calling thread's interrupt is taken
     * away for the call and given back after it.
     */
    private record DiskFile(FileChannel channel) implements JournalFile {
        @Override
        public void write(ByteBuffer bytes, long position) throws IOException {
            boolean interrupted = Thread.interrupted();
            try {
                long at = position;
                while (bytes.hasRemaining()) {
                    at += channel.write(bytes, at);
                }
            } finally {
                restore(interrupted);
            }
        }

        @Override
        public void sync() throws IOException {
            boolean interrupted = Thread.interrupted();
            try {
                channel.force(false);
            } finally {
                restore(interrupted);
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            channel.truncate(size);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }

        private static void restore(boolean interrupted) {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
