package dev.odometer.benchmarks;

import java.util.ArrayList;
import java.util.List;

/**
 * One shape of load for redis-benchmark.
 *
 * @param randomKeys how many keys it takes at random; 0 for a single key
 * @param pipeline how many commands each connection has under way
 */
record RedisLoad(int randomKeys, int pipeline) {
    static final int CONNECTIONS = 50;
    private static final long LIMIT_SECONDS = 300;

    /**
     * A run's figures.
     *
     * @param serverMicros processor time of the server for each request, in microseconds
     * @param clientCores processors that the client kept busy: near 1.0 it is the client that limits the run
     */
    record Result(double perSecond, double p50Millis, double p99Millis, double serverMicros, double clientCores) {}

    /** All shapes that are compared. */
    static List<RedisLoad> all() {
        List<RedisLoad> loads = new ArrayList<>();
        for (int keys : new int[] {0, 100_000}) {
            for (int pipeline : new int[] {1, 16, 64}) {
                loads.add(new RedisLoad(keys, pipeline));
            }
        }
        return loads;
    }

    /** The number of requests nearest to a wanted one that fills all pipelines. */
    long wholePipelines(double requests) {
        long whole = (long) CONNECTIONS * pipeline;
        return Math.max(2, Math.round(requests / whole)) * whole;
    }

    Result run(Servers.Running server, long requests) {
        List<String> command = new ArrayList<>(List.of(
                "redis-benchmark",
                "-p",
                Integer.toString(server.redisPort()),
                "-c",
                Integer.toString(CONNECTIONS),
                "-n",
                Long.toString(requests),
                "-P",
                Integer.toString(pipeline),
                "--csv"));
        if (randomKeys > 0) {
            command.addAll(List.of("-r", Integer.toString(randomKeys), "INCR", "key:__rand_int__"));
        } else {
            command.addAll(List.of("INCR", "counter"));
        }
        double serverBefore = server.process().cpuSeconds();
        double clientBefore = ProcFiles.endedChildrenCpuSeconds();
        String printed = Tools.run(LIMIT_SECONDS, command);
        double client = ProcFiles.endedChildrenCpuSeconds() - clientBefore;
        double busy = server.process().cpuSeconds() - serverBefore;
        server.process().checkAlive();
        return parse(printed, requests, client, busy);
    }

    /** Reads the last line: test, requests a second, and latencies in ms: mean, min, p50, p95, p99, max. */
    static Result parse(String printed, long requests, double clientCpuSeconds, double serverCpuSeconds) {
        String[] fields = printed.lines()
                .filter(line -> line.startsWith("\"INCR"))
                .reduce((first, last) -> last)
                .orElseThrow(() -> new BenchException("redis-benchmark printed no figures:\n" + Tools.tail(printed)))
                .replace("\"", "")
                .split(",", -1);
        double perSecond = Double.parseDouble(fields[1]);
        double seconds = requests / perSecond;
        return new Result(
                perSecond,
                Double.parseDouble(fields[4]),
                Double.parseDouble(fields[6]),
                serverCpuSeconds / requests * 1e6,
                clientCpuSeconds / seconds);
    }
}
