package dev.odometer.systemtests.process;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A disk of a few megabytes, held in memory, that can be filled. Used by one thread. */
public final class SmallDisk {
    private final Path directory;

    private SmallDisk(Path directory) {
        this.directory = directory;
    }

    /** Mounts one; it is unmounted after the test. Empty where this user may not mount. */
    public static Optional<SmallDisk> mount(Servers servers, int megabytes) throws IOException {
        Path directory = Files.createDirectory(servers.folder().resolve("disk"));
        Commands.Result mount =
                Commands.run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", directory.toString());
        if (mount.exitCode() != 0) {
            return Optional.empty();
        }
        servers.afterwards(() -> Commands.run("umount", directory.toString()).orFail());
        return Optional.of(new SmallDisk(directory));
    }

    /** Where it is mounted. */
    public Path directory() {
        return directory;
    }

    /** Fills it to the last byte with a file. */
    public void fill() throws IOException {
        byte[] some = new byte[4_096];
        try (OutputStream out = Files.newOutputStream(filler())) {
            while (true) {
                out.write(some);
            }
        } catch (IOException e) {
            if (Files.getFileStore(directory).getUsableSpace() > some.length) {
                throw e;
            }
        }
    }

    /** Deletes that file. */
    public void makeRoom() throws IOException {
        Files.delete(filler());
    }

    /** Makes the disk larger. */
    public void grow(int megabytes) {
        Commands.run("mount", "-o", "remount,size=" + megabytes + "m", directory.toString())
                .orFail();
    }

    private Path filler() {
        return directory.resolve("filler");
    }
}
