package dev.odometer.systemtests.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server in a process of its own, started through the launcher. The launcher replaces itself by the JVM, so the
 * process id is the
 * JVM's. Its outputs go into files, which {@link #outputs} shows and the tests attach to their failures. Thread-safe.
 */
public final class ServerProcess {
    private static final Pattern HTTP = Pattern.compile("(?m)^\\s*HTTP\\s+http://127\\.0\\.0\\.1:(\\d+)\\s*$");
    private static final Pattern REDIS = Pattern.compile("(?m)^\\s*Redis\\s+redis://127\\.0\\.0\\.1:(\\d+)\\s*$");
    // The last line of what a server says when it serves.
    private static final Pattern COMPLETE = Pattern.compile("(?m)^\\s*try\\s+curl .*\\R");

    private final Process process;
    private final Path out;
    private final Path err;

    private ServerProcess(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /**
     * Starts a process and does not wait for it. Its outputs go to {@code name}.out and {@code name}.err in {@code
     * logs}.
     */
    static ServerProcess launch(ServerOptions options, Path logs, String name) {
        Path out = logs.resolve(name + ".out");
        Path err = logs.resolve(name + ".err");
        ProcessBuilder builder = Distribution.command(options.arguments());
        builder.environment().put("ODOMETER_JAVA_OPTS", options.javaOptions());
        builder.environment().putAll(options.environment());
        builder.directory(logs.toFile());
        builder.redirectOutput(out.toFile());
        builder.redirectError(err.toFile());
        try {
            return new ServerProcess(builder.start(), out, err);
        } catch (IOException e) {
            throw new UncheckedIOException("the server could not be started", e);
        }
    }

    /**
     * Waits until it serves.
     *
     * @throws AssertionError where it ends before that, or takes longer than {@code limit}
     */
    public ServerProcess awaitServing(Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!COMPLETE.matcher(stdout()).find()) {
            if (!process.isAlive()) {
                throw new AssertionError(
                        "the server ended before it served, exit code " + process.exitValue() + "\n" + outputs());
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("the server does not serve after " + limit + "\n" + outputs());
            }
            Waiting.pause(5);
        }
        return this;
    }

    /** The process id of the JVM. */
    public long pid() {
        return process.pid();
    }

    /** Where HTTP listens. */
    public int httpPort() {
        return port(HTTP);
    }

    /** Where the Redis protocol listens. */
    public int redisPort() {
        return port(REDIS);
    }

    private int port(Pattern pattern) {
        Matcher matcher = pattern.matcher(stdout());
        if (!matcher.find()) {
            throw new AssertionError("the server has not said where it listens\n" + outputs());
        }
        return Integer.parseInt(matcher.group(1));
    }

    /** Whether it has not ended. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Ends it with SIGKILL, also while it is paused, and waits until it is gone. */
    public void kill9() {
        process.destroyForcibly();
        exitCode(Duration.ofSeconds(20));
    }

    /** SIGTERM: asks it to stop; does not wait. */
    public void terminate() {
        process.destroy();
    }

    /** SIGSTOP: it stands still from now on. */
    public void pause() {
        signal("STOP");
        // The kernel stops it in its own time: it stands still when its state says so.
        Waiting.until("the process stands still", Duration.ofSeconds(10), () -> state() == 'T');
    }

    /** SIGCONT: it goes on. */
    public void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        Commands.run("kill", "-" + name, String.valueOf(pid())).orFail();
    }

    private char state() {
        String stat = proc("stat");
        return stat.charAt(stat.lastIndexOf(')') + 2);
    }

    /** Its resident memory in bytes, as the kernel counts it. */
    public long residentBytes() {
        return statusBytes("VmRSS");
    }

    /** The most resident memory that it ever had, in bytes. */
    public long peakResidentBytes() {
        return statusBytes("VmHWM");
    }

    private long statusBytes(String field) {
        return proc("status")
                .lines()
                .filter(line -> line.startsWith(field + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst()
                .orElseThrow();
    }

    private String proc(String file) {
        try {
            return Files.readString(Path.of("/proc", String.valueOf(pid()), file));
        } catch (IOException e) {
            throw new UncheckedIOException("the process " + pid() + " is gone\n" + outputs(), e);
        }
    }

    /** Waits until it has ended; returns its exit code. */
    public int exitCode(Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("the server has not ended after " + limit + "\n" + outputs());
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
        return process.exitValue();
    }

    /** What it has written to its standard output. */
    public String stdout() {
        return read(out);
    }

    /** What it has written to its standard error. */
    public String stderr() {
        return read(err);
    }

    /** Both outputs, for the message of a failure. */
    public String outputs() {
        return "--- stdout of " + pid() + "\n" + stdout() + "--- stderr\n" + stderr() + "---";
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
