package dev.odometer.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * One shape of HTTP load for wrk: adds to counters taken at random.
 *
 * @param body what each request carries; empty for an add of 1
 * @param keyed whether each request has an idempotency key of its own
 */
record WrkLoad(String body, boolean keyed) {
    static final int CONNECTIONS = 50;
    static final int COUNTERS = 10_000;

    /**
     * A run's figures.
     *
     * @param serverMicros processor time of the server for each request, in microseconds
     * @param clientCores processors that the client kept busy: near 1.0 it is the client that limits the run
     */
    record Result(double perSecond, double p50Millis, double p99Millis, double serverMicros, double clientCores) {}

    /** All shapes that are measured. */
    static List<WrkLoad> all() {
        String five = "{\"delta\":5}";
        return List.of(
                new WrkLoad("", false), new WrkLoad(five, false), new WrkLoad("", true), new WrkLoad(five, true));
    }

    String title() {
        return (body.isEmpty() ? "empty body" : "`" + body + "`") + (keyed ? ", `Idempotency-Key`" : "");
    }

    /**
     * Loads a server for some seconds.
     *
     * @param runName starts the idempotency keys, so that no two runs share one
     * @throws BenchException where a request failed: a figure without it would say too much
     */
    Result run(Servers.Running server, Path scripts, String runName, int seconds) {
        Path script = scripts.resolve("adds.lua");
        try (InputStream source = Objects.requireNonNull(WrkLoad.class.getResourceAsStream("adds.lua"))) {
            Files.write(script, source.readAllBytes());
        } catch (IOException e) {
            throw new BenchException("cannot write " + script + ": " + e.getMessage(), e);
        }
        double serverBefore = server.process().cpuSeconds();
        double clientBefore = ProcFiles.endedChildrenCpuSeconds();
        String printed = Tools.run(
                seconds + 60L,
                List.of(
                        "wrk",
                        "-t1",
                        "-c" + CONNECTIONS,
                        "-d" + seconds + "s",
                        "-s",
                        script.toString(),
                        "http://127.0.0.1:" + server.httpPort(),
                        "--",
                        Integer.toString(COUNTERS),
                        keyed ? runName + "-" : "",
                        body));
        double client = ProcFiles.endedChildrenCpuSeconds() - clientBefore;
        double busy = server.process().cpuSeconds() - serverBefore;
        return parse(printed, client, busy);
    }

    static Result parse(String printed, double clientCpuSeconds, double serverCpuSeconds) {
        String[] fields = printed.lines()
                .filter(line -> line.startsWith("RESULT "))
                .findFirst()
                .orElseThrow(() -> new BenchException("wrk printed no figures:\n" + Tools.tail(printed)))
                .split(" ", -1);
        long refused = Long.parseLong(fields[5]);
        long broken = Long.parseLong(fields[6]);
        if (refused + broken > 0) {
            throw new BenchException(
                    refused + " of " + fields[1] + " requests were refused and " + broken + " connections broke");
        }
        double seconds = Long.parseLong(fields[2]) / 1e6;
        return new Result(
                Long.parseLong(fields[1]) / seconds,
                Long.parseLong(fields[3]) / 1e3,
                Long.parseLong(fields[4]) / 1e3,
                serverCpuSeconds / Long.parseLong(fields[1]) * 1e6,
                clientCpuSeconds / seconds);
    }
}
