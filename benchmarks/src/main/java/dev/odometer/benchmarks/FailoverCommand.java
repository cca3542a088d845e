package dev.odometer.benchmarks;

import dev.odometer.engine.model.Key;
import dev.odometer.testkit.cassandra.CassandraCluster;
import dev.odometer.testkit.cassandra.ClusterOptions;
import dev.odometer.testkit.membership.EtcdServer;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How long counters stand still while a node dies or hangs: latency over time, as a table and as pictures. */
@Command(
        name = "failover",
        description = {
            "Adds at a steady rate through two of three nodes, while the third is killed (SIGKILL) or paused "
                    + "(SIGSTOP).",
            "",
            "Three nodes on three Cassandras and etcd, all processes of this machine. The counters whose shards the "
                    + "third node owned are the affected ones; latency counts from when a request was due."
        })
final class FailoverCommand extends HelpfulCommand implements Callable<Integer> {
    private static final int KEYS = 1_000;
    private static final double PAUSE_SECONDS = 10;
    private static final String VICTIM = "n3";

    @Option(names = "--rate", paramLabel = "N", description = "adds a second, over both nodes (default: 400)")
    private double rate = 400;

    @Option(names = "--rounds", paramLabel = "N", description = "times of each fault (default: 3; quick: 1)")
    private int rounds;

    @Option(names = "--warm-up", paramLabel = "S", description = "seconds of load before (default: 20; quick: 5)")
    private double warmUp;

    @Option(names = "--quick", description = "less exact, in about a minute")
    private boolean quick;

    @Option(
            names = "--plots",
            paramLabel = "DIR",
            description = "also write the last round's pictures there, failover-kill.svg and failover-pause.svg")
    private @Nullable Path plots;

    @Mixin
    private RunOptions run = new RunOptions();

    /** What is done to the node, and how long the load goes on. */
    private enum Fault {
        KILL("SIGKILL", 10, 25),
        PAUSE("SIGSTOP", 10, 35);

        final String signal;
        final double atSeconds;
        final double seconds;

        Fault(String signal, double atSeconds, double seconds) {
            this.signal = signal;
            this.atSeconds = atSeconds;
            this.seconds = seconds;
        }
    }

    /** One round, split by whether the victim owned the counter. */
    private record Round(List<OpenLoop.Sample> affected, List<OpenLoop.Sample> others) {}

    @Override
    public Integer call() throws IOException {
        Tools.require(List.of("etcd"));
        rounds = rounds > 0 ? rounds : quick ? 1 : 3;
        warmUp = warmUp > 0 ? warmUp : quick ? 5 : 20;
        try (Scratch scratch = Scratch.under(run.directory)) {
            String version = Servers.odometerVersion();
            MarkdownTable table = new MarkdownTable(
                    "fault",
                    "affected: longest stall ms (each round)",
                    "affected: p99 ms before",
                    "others: slowest ms after (each round)",
                    "others: p99 ms before",
                    "others: p99 ms in the 5 s after",
                    "failed requests");
            try (CassandraCluster cluster = CassandraCluster.start(
                            ClusterOptions.in(scratch.folder("cassandra")).withJavaOptions("-XX:+UseG1GC"));
                    EtcdServer etcd = new EtcdServer(scratch.folder("etcd"))) {
                etcd.start();
                for (Fault fault : Fault.values()) {
                    List<Round> all = new ArrayList<>();
                    for (int i = 0; i < rounds; i++) {
                        String keyspace = fault.name().toLowerCase(Locale.ROOT) + "_" + i;
                        all.add(round(scratch, cluster, etcd, keyspace, fault));
                    }
                    row(table, fault, all);
                    plot(fault, all.get(all.size() - 1));
                }
            }
            System.out.print("""
                    Machine: %s
                    Odometer: `%s`, three nodes, session timeout %d s, on three Cassandras and etcd. %s adds a second \
                    over %s counters through two nodes; the third fails at 10 s; a paused one goes on %s s later.

                    """.formatted(
                                    Machine.line(scratch.root()),
                                    version,
                                    Nodes.SESSION_SECONDS,
                                    Figures.significant(rate),
                                    Figures.count(KEYS),
                                    Figures.significant(PAUSE_SECONDS))
                    + table);
        }
        return 0;
    }

    private Round round(Scratch scratch, CassandraCluster cluster, EtcdServer etcd, String keyspace, Fault fault) {
        try (Nodes nodes = Nodes.start(scratch, cluster, etcd, keyspace, 3, run.javaOptions)) {
            OpenLoop.run(i -> add(nodes, i), rate, warmUp, List.of());
            List<Integer> lost = nodes.shardsOf(VICTIM);
            int shards = nodes.shards();
            ServerProcess victim = nodes.get(2).process();
            List<OpenLoop.Event> events = fault == Fault.KILL
                    ? List.of(new OpenLoop.Event(fault.atSeconds, victim::kill))
                    : List.of(
                            new OpenLoop.Event(fault.atSeconds, victim::pause),
                            new OpenLoop.Event(fault.atSeconds + PAUSE_SECONDS, victim::resume));
            List<OpenLoop.Sample> samples = OpenLoop.run(i -> add(nodes, i), rate, fault.seconds, events);
            Predicate<OpenLoop.Sample> affected =
                    sample -> lost.contains(Key.of(key(sample.number())).shard(shards));
            Round round = new Round(
                    samples.stream().filter(affected).toList(),
                    samples.stream().filter(affected.negate()).toList());
            RunOptions.progress(
                    "%s: affected %s ms at most, others %s ms",
                    fault.signal,
                    Figures.significant(slowestAfter(round.affected(), fault)),
                    Figures.significant(slowestAfter(round.others(), fault)));
            return round;
        }
    }

    private static String key(int number) {
        return "failover/" + (number / 2) % KEYS;
    }

    private static CompletionStage<Integer> add(Nodes nodes, int number) {
        HttpRequest request = HttpRequest.newBuilder(
                        nodes.uri(number % 2, "/v1/counters/" + key(number).replace("/", "%2F") + "/add"))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        return nodes.http()
                .sendAsync(request, HttpResponse.BodyHandlers.discarding())
                .thenApply(answer -> {
                    if (answer.statusCode() != 200) {
                        throw new BenchException("an add was answered with " + answer.statusCode());
                    }
                    return answer.statusCode();
                });
    }

    private static void row(MarkdownTable table, Fault fault, List<Round> rounds) {
        table.row(
                fault.signal,
                rounds.stream()
                        .map(round -> Figures.significant(slowestAfter(round.affected(), fault)))
                        .collect(Collectors.joining(", ")),
                median(rounds.stream().map(Round::affected).toList(), before(fault)),
                rounds.stream()
                        .map(round -> Figures.significant(slowestAfter(round.others(), fault)))
                        .collect(Collectors.joining(", ")),
                median(rounds.stream().map(Round::others).toList(), before(fault)),
                median(
                        rounds.stream().map(Round::others).toList(),
                        sample -> sample.atSeconds() >= fault.atSeconds && sample.atSeconds() < fault.atSeconds + 5),
                Long.toString(rounds.stream()
                        .mapToLong(round -> round.affected().stream()
                                        .filter(OpenLoop.Sample::failed)
                                        .count()
                                + round.others().stream()
                                        .filter(OpenLoop.Sample::failed)
                                        .count())
                        .sum()));
    }

    private static Predicate<OpenLoop.Sample> before(Fault fault) {
        return sample -> sample.atSeconds() < fault.atSeconds - 0.5;
    }

    /** The slowest of what was due from just before the fault on. */
    private static double slowestAfter(List<OpenLoop.Sample> samples, Fault fault) {
        return samples.stream()
                .filter(sample -> sample.atSeconds() >= fault.atSeconds - 0.5)
                .mapToDouble(OpenLoop.Sample::millis)
                .max()
                .orElse(0);
    }

    /** The median over rounds of their 99th percentiles. */
    private static String median(List<List<OpenLoop.Sample>> rounds, Predicate<OpenLoop.Sample> which) {
        return Figures.significant(Figures.median(rounds.stream()
                .mapToDouble(samples -> {
                    double[] sorted = samples.stream()
                            .filter(which)
                            .mapToDouble(OpenLoop.Sample::millis)
                            .sorted()
                            .toArray();
                    return sorted.length == 0
                            ? 0
                            : sorted[(int) Math.min(sorted.length - 1L, sorted.length * 99L / 100)];
                })
                .toArray()));
    }

    private void plot(Fault fault, Round round) throws IOException {
        if (plots == null) {
            return;
        }
        LatencyPlot plot = new LatencyPlot("Slowest add of each 0.1 s, by when it was due", fault.seconds)
                .series("counters of the other nodes", "#1f77b4", round.others())
                .series("counters of the node that fails", "#d62728", round.affected())
                .mark(fault.signal, fault.atSeconds);
        if (fault == Fault.PAUSE) {
            plot.mark("SIGCONT", fault.atSeconds + PAUSE_SECONDS);
        }
        Files.createDirectories(plots);
        String name = "failover-" + fault.name().toLowerCase(Locale.ROOT) + ".svg";
        Files.writeString(plots.resolve(name), plot.text());
    }
}
