package dev.odometer.testkit.membership;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A process of another program, its output in a file, that a test ends with certainty. Not thread-safe. */
final class ServerProcess {
    private static final Duration START = Duration.ofSeconds(60);

    private final List<String> command;
    private final Path output;
    private @Nullable Process process;

    ServerProcess(List<String> command, Path output) {
        this.command = command;
        this.output = output;
    }

    /** Starts it and waits until it is ready. */
    void start(BooleanSupplier ready) {
        kill();
        Process started;
        try {
            started = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        process = started;
        Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
        await().atMost(START).pollInterval(Duration.ofMillis(20)).until(() -> {
            if (!started.isAlive()) {
                throw new AssertionError(command.get(0) + " has ended:\n" + Files.readString(output));
            }
            return ready.getAsBoolean();
        });
    }

    void kill() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
            await().atMost(START).until(() -> !running.isAlive());
            process = null;
        }
    }

    void signal(String name) {
        Process running = process;
        if (running != null) {
            Signals.send(name, running.pid());
        }
    }

    static boolean listens(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    static String classPath() {
        return System.getProperty("java.class.path");
    }
}
