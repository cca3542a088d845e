package dev.odometer.store.rocksdb;

import dev.odometer.engine.store.StoreException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The lock on a data directory: the operating system's lock on the file {@value #NAME}, which names its holder for
 * whoever is refused. The system releases it when the process ends, however it ends; the file stays.
 */
final class DirectoryLock implements AutoCloseable {
    static final String NAME = "odometer.lock";

    // Within a process the system's lock does not exclude, and closing any other channel to the file would even release
    // it.
    private static final Map<Path, String> HELD_HERE = new ConcurrentHashMap<>();

    private final Path path;
    private final FileChannel channel;

    private DirectoryLock(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /** Locks a directory that exists. */
    static DirectoryLock acquire(Path directory) throws IOException {
        Path path = directory.toRealPath().resolve(NAME);
        String self = describeSelf();
        String holder = HELD_HERE.putIfAbsent(path, self);
        if (holder != null) {
            throw locked(directory, holder);
        }
        FileChannel channel = null;
        boolean done = false;
        try {
            channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                throw locked(directory, Files.readString(path).strip());
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap((self + "\n").getBytes(StandardCharsets.UTF_8)));
            done = true;
            return new DirectoryLock(path, channel);
        } finally {
            if (!done) {
                HELD_HERE.remove(path);
                close(channel);
            }
        }
    }

    private static StoreException.Locked locked(Path directory, String holder) {
        return new StoreException.Locked("The data directory " + directory + " is in use by "
                + (holder.isEmpty() ? "another process" : holder)
                + ". Nothing was changed. Stop that process, or give this one another directory. Do not delete " + NAME
                + ": the lock ends with its process.");
    }

    private static String describeSelf() {
        ProcessHandle self = ProcessHandle.current();
        String since = self.info().startInstant().map(Instant::toString).orElse("an unknown time");
        return "process " + self.pid() + " on " + hostName() + ", started at " + since;
    }

    private static String hostName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            try {
                return InetAddress.getLocalHost().getHostName();
            } catch (IOException unknown) {
                return "this host";
            }
        }
    }

    private static void close(@Nullable FileChannel channel) throws IOException {
        if (channel != null) {
            channel.close();
        }
    }

    /** Gives the directory free. */
    @Override
    public void close() throws IOException {
        if (channel.isOpen()) {
            channel.close();
            HELD_HERE.remove(path);
        }
    }
}
