package dev.odometer.systemtests.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs commands to their end. */
public final class Commands {
    private static final Duration LIMIT = Duration.ofSeconds(120);

    private Commands() {}

    /** How a command ended. */
    public record Result(int exitCode, String out, String err) {
        /**
         * The same.
         *
         * @throws AssertionError where it failed
         */
        public Result orFail() {
            if (exitCode != 0) {
                throw new AssertionError("exit code " + exitCode + "\n" + out + err);
            }
            return this;
        }
    }

    /** Runs a command of the system. */
    public static Result run(String... command) {
        return run(new ProcessBuilder(command), LIMIT);
    }

    /** Runs {@code ./odometer ARGUMENTS}. */
    public static Result odometer(String... arguments) {
        return run(Distribution.command(List.of(arguments)), LIMIT);
    }

    /** Runs a process, and ends it with SIGKILL where it takes longer than the limit. */
    public static Result run(ProcessBuilder builder, Duration limit) {
        try {
            Path out = Files.createTempFile("odometer-test", ".out");
            Path err = Files.createTempFile("odometer-test", ".err");
            try {
                Process process = builder.redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start();
                if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                    process.destroyForcibly().waitFor();
                    throw new AssertionError(builder.command() + " has not ended after " + limit + "\n"
                            + Files.readString(out) + Files.readString(err));
                }
                return new Result(
                        process.exitValue(),
                        Files.readString(out, StandardCharsets.UTF_8),
                        Files.readString(err, StandardCharsets.UTF_8));
            } finally {
                Files.delete(out);
                Files.delete(err);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(String.join(" ", builder.command()), e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }
}
