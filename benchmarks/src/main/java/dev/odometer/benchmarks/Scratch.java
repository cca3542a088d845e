package dev.odometer.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a run leaves behind if nobody clears it away: a folder for data, and server processes. Closed at the end and on
 * Ctrl-C.
 *
 * <p>Thread-safe.
 */
final class Scratch implements AutoCloseable {
    private final Path root;
    private final Thread hook = new Thread(this::clear, "bench-clear");
    private final List<ServerProcess> servers = new ArrayList<>(); // guarded by this
    private int folders; // guarded by this

    private Scratch(Path root) {
        this.root = root;
    }

    /** A folder of its own under {@code parent}, so that all servers of a run write to one disk. */
    static Scratch under(Path parent) {
        try {
            Files.createDirectories(parent);
            Scratch scratch = new Scratch(Files.createTempDirectory(parent.toAbsolutePath(), "bench-"));
            Runtime.getRuntime().addShutdownHook(scratch.hook);
            return scratch;
        } catch (IOException e) {
            throw new BenchException("cannot write to " + parent + ": " + e.getMessage(), e);
        }
    }

    Path root() {
        return root;
    }

    /** A new empty folder. */
    synchronized Path folder(String name) {
        try {
            return Files.createDirectory(root.resolve(name + "-" + ++folders));
        } catch (IOException e) {
            throw new BenchException("cannot write to " + root + ": " + e.getMessage(), e);
        }
    }

    synchronized ServerProcess track(ServerProcess server) {
        servers.add(server);
        return server;
    }

    /** A port that is free now. */
    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new BenchException("no free port: " + e.getMessage(), e);
        }
    }

    /** How many bytes of disk a folder's files take, as {@code du} counts. */
    static long diskBytes(Path folder) {
        String printed = Tools.run(120, List.of("du", "-s", "--block-size=1", folder.toString()));
        return Long.parseLong(printed.split("\\s", 2)[0]);
    }

    private synchronized void clear() {
        servers.forEach(ServerProcess::kill);
        servers.clear();
        delete(root);
    }

    static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            System.err.println("bench: could not delete all of " + folder + ": " + e.getMessage());
        }
    }

    @Override
    public void close() {
        clear();
        Runtime.getRuntime().removeShutdownHook(hook);
    }
}
