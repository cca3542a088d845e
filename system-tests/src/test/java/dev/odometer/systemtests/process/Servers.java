package dev.odometer.systemtests.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The servers of a test, and a folder of its own for data on a real disk. After a test every process that it started
 * is killed, by its
 * process id; where the test failed, what the last servers said is shown and the folder is kept. As a static field it
 * lives for the
 * whole class. Used by one thread.
 */
public final class Servers implements AfterEachCallback, AfterAllCallback {
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    // Below the ports that the system gives to outgoing connections: one of those could take a stopped server's port.
    private static final int LOWEST_PORT = 20_000;
    private static final int HIGHEST_PORT = 31_999;

    private final boolean perClass;
    private final List<ServerProcess> started = new ArrayList<>();
    private final List<Runnable> cleaning = new ArrayList<>();
    private final Random random = new Random();
    private final Set<Integer> ports = new HashSet<>();
    private Path folder;
    private boolean failed;

    private Servers(boolean perClass) {
        this.perClass = perClass;
    }

    /** For a field of the instance: processes and data of one test. */
    public static Servers ofTest() {
        return new Servers(false);
    }

    /** For a static field: processes and data of all tests of a class. */
    public static Servers ofClass() {
        return new Servers(true);
    }

    /** A folder in the build's target directory; deleted after success. */
    public Path folder() {
        if (folder == null) {
            try {
                Path base = Files.createDirectories(Distribution.checkout().resolve("system-tests/target/data"));
                folder = Files.createTempDirectory(base, "test-");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return folder;
    }

    /** Starts a server and waits until it serves. */
    public ServerProcess start(ServerOptions options) {
        return launch(options).awaitServing(START_LIMIT);
    }

    /** Starts a server and does not wait for it. */
    public ServerProcess launch(ServerOptions options) {
        ServerProcess server = ServerProcess.launch(options, folder(), "server-" + started.size());
        started.add(server);
        return server;
    }

    /** Runs a server that is expected to refuse to start. @throws AssertionError where it serves */
    public Commands.Result refused(ServerOptions options) {
        ServerProcess server = launch(options);
        int exitCode = server.exitCode(START_LIMIT);
        return new Commands.Result(exitCode, server.stdout(), server.stderr());
    }

    /** A free port that stays free while its server is down, another one each time. */
    public int port() {
        for (int i = 0; i < 1_000; i++) {
            int port = LOWEST_PORT + random.nextInt(HIGHEST_PORT - LOWEST_PORT + 1);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                if (ports.add(socket.getLocalPort())) {
                    return socket.getLocalPort();
                }
            } catch (IOException e) {
                // In use: try another.
            }
        }
        throw new IllegalStateException("no free port from " + LOWEST_PORT + " to " + HIGHEST_PORT);
    }

    /** Remembers what to do after the servers are gone, such as to unmount. */
    public void afterwards(Runnable action) {
        cleaning.add(action);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (context.getExecutionException().isPresent()) {
            if (!failed) {
                int from = Math.max(0, started.size() - 3);
                started.subList(from, started.size()).forEach(server -> System.err.println(server.outputs()));
                System.err.println("The data is kept in " + folder());
            }
            failed = true;
        }
        if (!perClass) {
            end();
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        end();
    }

    private void end() {
        started.forEach(ServerProcess::kill9);
        started.clear();
        for (int i = cleaning.size() - 1; i >= 0; i--) {
            cleaning.get(i).run();
        }
        cleaning.clear();
        if (folder != null && !failed) {
            delete(folder);
        }
        folder = null;
        failed = false;
    }

    /** Deletes a directory with everything in it. */
    public static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Copies a directory with everything in it. */
    public static void copy(Path from, Path to) {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path path : files.toList()) {
                Files.copy(path, to.resolve(from.relativize(path).toString()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
