package dev.odometer.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Odometer's HTTP interface under wrk, as a table in Markdown. */
@Command(
        name = "http",
        description = {
            "POST /v1/counters/{key}/add under wrk: with and without a body, with and without an idempotency key.",
            "",
            "With 2 ms added to each sync, strace holds up the server's fdatasync and fsync."
        })
final class HttpCommand extends HelpfulCommand implements Callable<Integer> {
    /** More than any run sends, so that it measures keys being remembered, not refused. */
    private static final List<String> MORE_KEYS = List.of("--max-idempotency-keys", "8000000");

    @Option(names = "--rounds", paramLabel = "N", description = "rounds of each load (default: 5; quick: 2)")
    private int rounds;

    @Option(names = "--seconds", paramLabel = "S", description = "how long each load takes (default: 5; quick: 2)")
    private int seconds;

    @Option(names = "--quick", description = "less exact, in about a minute")
    private boolean quick;

    @Mixin
    private RunOptions run = new RunOptions();

    @Override
    public Integer call() {
        Tools.require(List.of("wrk", "strace"));
        rounds = rounds > 0 ? rounds : quick ? 2 : 5;
        seconds = seconds > 0 ? seconds : quick ? 2 : 5;
        try (Scratch scratch = Scratch.under(run.directory)) {
            MarkdownTable table = new MarkdownTable(
                    "add", "disk", "adds /s (min to max)", "p50 ms", "p99 ms", "CPU µs / add", "client cores");
            String header = """
                    Machine: %s
                    Odometer: `%s`, `./odometer serve %s`%s. Load: %s, one thread, %d connections, %s counters \
                    at random; %d rounds of %d s.

                    """.formatted(
                            Machine.line(scratch.root()),
                            Servers.odometerVersion(),
                            String.join(" ", MORE_KEYS),
                            run.javaOptions.isEmpty() ? "" : " with " + run.javaOptions,
                            wrkVersion(),
                            WrkLoad.CONNECTIONS,
                            Figures.count(WrkLoad.COUNTERS),
                            rounds,
                            seconds);
            measure(scratch, false, table);
            measure(scratch, true, table);
            System.out.print(header + table);
        }
        return 0;
    }

    /** wrk exits with an error after it has told its version. */
    private static String wrkVersion() {
        try {
            return Tools.version("sh", "-c", "wrk -v 2>&1 | head -n 1").replaceAll(" Copyright.*| \\[.*", "");
        } catch (BenchException e) {
            return "wrk";
        }
    }

    private void measure(Scratch scratch, boolean slow, MarkdownTable table) {
        Servers.Running server = Servers.odometer(scratch, scratch.folder("odometer"), slow, run.javaOptions, MORE_KEYS)
                .await();
        for (int warm = 1; warm <= 2; warm++) { // twice: the JVM takes its time to compile an HTTP server
            for (WrkLoad load : WrkLoad.all()) {
                RunOptions.progress("warming up, %s", load.title());
                load.run(server, scratch.root(), name(load, -warm), Math.max(2, seconds / 2));
            }
        }
        Map<WrkLoad, List<WrkLoad.Result>> results = new LinkedHashMap<>();
        for (int round = 1; round <= rounds; round++) {
            for (WrkLoad load : WrkLoad.all()) {
                WrkLoad.Result result = load.run(server, scratch.root(), name(load, round), seconds);
                results.computeIfAbsent(load, l -> new ArrayList<>()).add(result);
                RunOptions.progress(
                        "%s, round %d of %d, %s: %s",
                        slow ? "slow syncs" : "bare disk",
                        round,
                        rounds,
                        load.title(),
                        Figures.rate(result.perSecond()));
            }
        }
        server.process().stop();
        results.forEach((load, all) -> table.row(
                load.title(),
                slow ? "+2 ms a sync" : "bare",
                Figures.rate(median(all, WrkLoad.Result::perSecond)) + " ("
                        + Figures.rate(Figures.min(perSecond(all))) + " to "
                        + Figures.rate(Figures.max(perSecond(all))) + ")",
                Figures.significant(median(all, WrkLoad.Result::p50Millis)),
                Figures.significant(median(all, WrkLoad.Result::p99Millis)),
                Figures.significant(median(all, WrkLoad.Result::serverMicros)),
                Figures.ratio(median(all, WrkLoad.Result::clientCores))));
    }

    /** What the idempotency keys of a run begin with: none may come again with another payload. */
    private static String name(WrkLoad load, int round) {
        return "b" + load.body().length() + "r" + round;
    }

    private static double[] perSecond(List<WrkLoad.Result> results) {
        return results.stream().mapToDouble(WrkLoad.Result::perSecond).toArray();
    }

    private static double median(List<WrkLoad.Result> results, ToDoubleFunction<WrkLoad.Result> figure) {
        return Figures.median(results.stream().mapToDouble(figure).toArray());
    }
}
