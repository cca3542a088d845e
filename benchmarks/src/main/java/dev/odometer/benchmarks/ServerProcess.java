package dev.odometer.benchmarks;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A server that a benchmark has started, plain or with slow syncs. Thread-safe. */
final class ServerProcess {
    /** Delays each return from fdatasync and fsync; other system calls run at full speed. */
    private static final List<String> SLOW_SYNCS = List.of(
            "strace",
            "-f",
            "--seccomp-bpf",
            "-e",
            "trace=fdatasync,fsync",
            "-e",
            "inject=fdatasync,fsync:delay_exit=2000",
            "-o",
            "/dev/null");

    private static final long STOP_SECONDS = 30;

    private final String name;
    private final Process process;
    private final boolean wrapped;
    private final Path log;
    private final long startNanos;

    private ServerProcess(String name, Process process, boolean wrapped, Path log, long startNanos) {
        this.name = name;
        this.process = process;
        this.wrapped = wrapped;
        this.log = log;
        this.startNanos = startNanos;
    }

    /**
     * Starts a server; does not wait until it serves.
     *
     * @param slowSyncs whether each of its syncs takes 2 ms longer
     */
    static ServerProcess start(
            Scratch scratch, String name, List<String> command, Map<String, String> environment, boolean slowSyncs) {
        List<String> all = new ArrayList<>(slowSyncs ? SLOW_SYNCS : List.of());
        all.addAll(command);
        Path log = scratch.root().resolve(name + ".log");
        ProcessBuilder builder = new ProcessBuilder(all)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .redirectInput(new File("/dev/null"));
        builder.environment().putAll(environment);
        long start = System.nanoTime();
        try {
            return scratch.track(new ServerProcess(name, builder.start(), slowSyncs, log, start));
        } catch (IOException e) {
            throw new BenchException("cannot start " + name + ": " + e.getMessage(), e);
        }
    }

    /** When it was started, by {@link System#nanoTime}. */
    long startNanos() {
        return startNanos;
    }

    /** The server itself, not what wraps it. */
    private ProcessHandle handle() {
        return wrapped ? process.toHandle().children().findFirst().orElse(process.toHandle()) : process.toHandle();
    }

    long pid() {
        return handle().pid();
    }

    /** @throws BenchException where it has ended, with the end of what it said */
    void checkAlive() {
        if (!process.isAlive()) {
            throw new BenchException(name + " ended with " + process.exitValue() + ":\n" + said());
        }
    }

    /** The processor time that it has used so far, in seconds. */
    double cpuSeconds() {
        return ProcFiles.cpuSeconds(pid());
    }

    /** Asks it to stop (SIGTERM) and waits. */
    void stop() {
        handle().destroy();
        await("did not stop on SIGTERM");
    }

    /** Kills it (SIGKILL) and waits. */
    void kill() {
        if (process.isAlive()) {
            handle().destroyForcibly();
            await("did not die of SIGKILL");
        }
    }

    /** Stops it without ending it (SIGSTOP). */
    void pause() {
        signal("STOP");
    }

    /** Lets it go on (SIGCONT). */
    void resume() {
        signal("CONT");
    }

    private void signal(String signal) {
        Tools.run(10, List.of("kill", "-" + signal, Long.toString(pid())));
    }

    private void await(String problem) {
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                throw new BenchException(name + " " + problem + " within " + STOP_SECONDS + " s:\n" + said());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        }
    }

    private String said() {
        try {
            return Tools.tail(Files.readString(log, StandardCharsets.UTF_8));
        } catch (IOException e) {
            return "(nothing)";
        }
    }
}
