package dev.odometer.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How long a start takes until an increment is acknowledged, and what a counter costs at rest. */
@Command(
        name = "restart",
        description = {
            "From the start of the process to the first acknowledged increment, after a clean stop and after SIGKILL, "
                    + "with many counters; and what a counter takes of disk and memory.",
            "",
            "Before each kill, recent increments are spread over all counters. The files are in the page cache."
        })
final class RestartCommand extends HelpfulCommand implements Callable<Integer> {
    private static final long START_SECONDS = 300;
    private static final long RECENT_INCREMENTS = 300_000;

    @Option(
            names = "--counters",
            split = ",",
            paramLabel = "N",
            description = "how many counters (default: 1000000,10000000; quick: 200000)")
    private long[] counters = {};

    @Option(names = "--rounds", paramLabel = "N", description = "starts after each kind of stop (default: 5; quick: 2)")
    private int rounds;

    @Option(names = "--quick", description = "a small store, few rounds")
    private boolean quick;

    @Option(
            names = "--redis",
            negatable = true,
            fallbackValue = "true",
            description = "with Redis in the table, or --no-redis")
    private boolean redis = true;

    @Mixin
    private RunOptions run = new RunOptions();

    /** A kind of server; starts it on a data directory. */
    private interface Starter {
        Servers.Running start(Path data);
    }

    /**
     * One start: until the first acknowledged increment by each protocol, and the processor time until both; HTTP is 0
     * where there is none.
     */
    private record Start(double redisSeconds, double httpSeconds, double cpuSeconds) {}

    @Override
    public Integer call() throws IOException {
        if (redis) {
            Tools.require(List.of("redis-server"));
        }
        String javaOptions = run.javaOptions.isEmpty() ? "-Xmx512m" : run.javaOptions;
        rounds = rounds > 0 ? rounds : quick ? 2 : 5;
        long[] sizes =
                counters.length > 0 ? counters : quick ? new long[] {200_000} : new long[] {1_000_000, 10_000_000};
        try (Scratch scratch = Scratch.under(run.directory)) {
            String header = """
                    Machine: %s
                    Odometer: `%s`, `./odometer serve`, %s. %d starts after each kind of stop; keys of %d bytes.

                    """.formatted(
                            Machine.line(scratch.root()),
                            Servers.odometerVersion(),
                            javaOptions,
                            rounds,
                            Loader.key(0).length());
            MarkdownTable table = new MarkdownTable(
                    "server, counters",
                    "clean stop: first INCR s (max)",
                    "first HTTP add s (max)",
                    "CPU s",
                    "SIGKILL: first INCR s (max)",
                    "first HTTP add s (max)",
                    "CPU s",
                    "loaded at /s",
                    "disk B / counter",
                    "RSS",
                    "live heap");
            for (long size : sizes) {
                measure(
                        scratch,
                        "Odometer",
                        size,
                        table,
                        d -> Servers.odometer(scratch, d, false, javaOptions, List.of()));
            }
            for (long size : redis ? sizes : new long[0]) {
                measure(scratch, Servers.redisVersion(), size, table, d -> Servers.redis(scratch, d, false));
            }
            System.out.print(header + table);
        }
        return 0;
    }

    private void measure(Scratch scratch, String name, long size, MarkdownTable table, Starter starter)
            throws IOException {
        Path data = scratch.folder("restart");
        Servers.Running server = starter.start(data).await();
        RunOptions.progress("%s: loading %s counters", name, Figures.count(size));
        long begin = System.nanoTime();
        Loader.fill(server.redisPort(), size);
        double perSecond = size / ((System.nanoTime() - begin) / 1e9);
        checkCount(server, size);
        List<Start> clean = new ArrayList<>();
        List<Start> killed = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            server.process().stop();
            server = starter.start(data);
            clean.add(awaitIncrement(server));
            RunOptions.progress("%s: %s after a clean stop", name, clean.get(round));
            Loader.increment(server.redisPort(), size, RECENT_INCREMENTS);
            server.process().kill();
            server = starter.start(data);
            killed.add(awaitIncrement(server));
            RunOptions.progress("%s: %s after SIGKILL", name, killed.get(round));
        }
        checkCount(server, size);
        Loader.increment(server.redisPort(), size, 2 * RECENT_INCREMENTS);
        double heap = server.httpPort() > 0 ? liveHeapBytes(server.process().pid()) : 0;
        long resident = ProcFiles.residentBytes(server.process().pid());
        server.process().stop();
        table.row(
                name + ", " + Figures.count(size),
                seconds(clean.stream().mapToDouble(Start::redisSeconds).toArray()),
                seconds(clean.stream().mapToDouble(Start::httpSeconds).toArray()),
                cpu(clean),
                seconds(killed.stream().mapToDouble(Start::redisSeconds).toArray()),
                seconds(killed.stream().mapToDouble(Start::httpSeconds).toArray()),
                cpu(killed),
                Figures.rate(perSecond),
                Figures.significant(Scratch.diskBytes(data) / (double) size),
                Figures.megabytes((double) resident),
                heap == 0 ? "" : Figures.megabytes(heap));
        Scratch.delete(data);
    }

    /** The marker of {@link #awaitIncrement} is one counter more. */
    private static void checkCount(Servers.Running server, long size) throws IOException {
        try (RespClient client = new RespClient(server.redisPort())) {
            String said = client.call("DBSIZE");
            if (!said.equals(":" + size) && !said.equals(":" + (size + 1)) && !said.equals(":" + (size + 2))) {
                throw new BenchException("the server should have " + size + " counters and says " + said);
            }
        }
    }

    /** Both protocols are asked at the same time, each on a thread of its own, until they acknowledge. */
    private static Start awaitIncrement(Servers.Running server) {
        long started = server.process().startNanos();
        long deadline = started + START_SECONDS * 1_000_000_000L;
        long[] http = {started};
        Thread asker = new Thread(() -> {
            if (server.httpPort() > 0) {
                http[0] = HttpProbe.awaitAdd(server.httpPort(), deadline, server.process()::checkAlive);
            }
        });
        asker.start();
        long redis = RespClient.awaitReply(
                server.redisPort(), deadline, server.process()::checkAlive, ":", "INCR", "restart-probe");
        try {
            asker.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        }
        return new Start(
                (redis - started) / 1e9,
                (http[0] - started) / 1e9,
                server.process().cpuSeconds());
    }

    /** The bytes of all objects that are reachable, after a full collection. */
    private static double liveHeapBytes(long pid) {
        Tools.run(60, List.of("jcmd", Long.toString(pid), "GC.run"));
        String histogram = Tools.run(60, List.of("jcmd", Long.toString(pid), "GC.class_histogram"));
        String[] total = histogram
                .lines()
                .filter(line -> line.startsWith("Total"))
                .reduce((first, last) -> last)
                .orElse("Total 0 0")
                .split("\\s+", -1);
        return Double.parseDouble(total[2]);
    }

    private static String cpu(List<Start> starts) {
        return Figures.significant(
                Figures.median(starts.stream().mapToDouble(Start::cpuSeconds).toArray()));
    }

    private static String seconds(double... values) {
        return Arrays.stream(values).allMatch(value -> value == 0)
                ? ""
                : Figures.significant(Figures.median(values)) + " (" + Figures.significant(Figures.max(values)) + ")";
    }
}
