package dev.odometer.systemtests.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * strace attached to a running server, so that system calls of its fail or take longer. Lets go of it when it is
 * closed.
 */
public final class Strace implements AutoCloseable {
    private static final String CALLS = "trace=fdatasync,fsync,msync,sync_file_range";

    private final Process process;
    private final Path output;

    private Strace(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** Whether strace is there and may trace processes of this user. */
    public static boolean isPermitted() {
        try {
            Process sleeping = new ProcessBuilder("sleep", "30").start();
            try {
                Strace strace = attach(sleeping.pid(), "inject=fsync:error=EIO");
                strace.close();
                return true;
            } finally {
                sleeping.destroyForcibly();
            }
        } catch (IOException | UncheckedIOException | AssertionError e) {
            return false;
        }
    }

    /**
     * Attaches to all threads of a server. @param injection strace's own expression, such as {@code
     * inject=fsync:error=EIO}
     */
    public static Strace attach(ServerProcess server, String injection) {
        return attach(server.pid(), injection);
    }

    private static Strace attach(long pid, String injection) {
        try {
            Path output = Files.createTempFile("odometer-test", ".strace");
            // Without -o: that it is attached is said where the trace goes.
            Process process = new ProcessBuilder(
                            "strace", "-f", "-p", String.valueOf(pid), "-e", CALLS, "-e", injection)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            Strace strace = new Strace(process, output);
            try {
                Waiting.until(
                        "strace is attached",
                        Duration.ofSeconds(10),
                        () -> strace.output().contains("attached") || !process.isAlive());
                if (!process.isAlive() && !strace.output().contains("exited")) {
                    throw new AssertionError("strace did not attach: " + strace.output());
                }
                return strace;
            } catch (RuntimeException | Error e) {
                strace.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("strace could not be started", e);
        }
    }

    /** What it has said so far. */
    public String output() {
        try {
            return Files.exists(output) ? Files.readString(output) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroy(); // it lets go of the process on SIGTERM
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            Files.deleteIfExists(output);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
