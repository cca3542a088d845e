package dev.odometer.benchmarks;

import dev.odometer.store.cassandra.CassandraAdmin;
import dev.odometer.store.cassandra.CassandraStoreConfig;
import dev.odometer.store.cassandra.Replication;
import dev.odometer.testkit.cassandra.CassandraCluster;
import dev.odometer.testkit.cassandra.ClusterOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Odometer on Cassandra and Cassandra's counter columns side by side, as tables in Markdown. */
@Command(
        name = "cassandra",
        description = {
            "Increments through odometer serve --store cassandra, beside Cassandra's own counter columns at QUORUM, on "
                    + "the same three nodes with commitlog_sync: batch.",
            "",
            "Nodes, server and client are processes of this machine. Each round loads one side, then the other."
        })
final class CassandraCommand extends HelpfulCommand implements Callable<Integer> {
    private static final CassandraLoad MANY = CassandraLoad.all().get(1);
    private static final CassandraLoad BATCHES = CassandraLoad.all().get(4);

    /** How many times longer the nodes are warmed up than a server is. */
    private static final int NODES_WARM_UP = 3;

    @Option(names = "--rounds", paramLabel = "N", description = "paired rounds of each load (default: 3; quick: 1)")
    private int rounds;

    @Option(names = "--seconds", paramLabel = "S", description = "how long each load takes (default: 4; quick: 1)")
    private double seconds;

    @Option(
            names = "--warm-up",
            paramLabel = "S",
            description = "seconds of each load, on both sides, before anything is measured (default: 6; quick: 1)")
    private double warmUp = -1;

    @Option(names = "--quick", description = "less exact, in about a minute and a half")
    private boolean quick;

    @Option(
            names = "--part",
            split = ",",
            paramLabel = "loads|shards|takeover",
            description = "what to measure (default: all)")
    private List<String> parts = List.of("loads", "shards", "takeover");

    @Option(
            names = "--shards",
            split = ",",
            paramLabel = "N",
            description = "the numbers of shards to compare (default: 1,2,4,8,16,32; quick: 4,16)")
    private int[] shards = {};

    @Option(
            names = "--counters",
            split = ",",
            paramLabel = "N",
            description = "counters of the shard to take over (default: 1000,10000,100000,1000000; quick: 1000,10000)")
    private int[] counters = {};

    @Mixin
    private RunOptions run = new RunOptions();

    /** Both sides' results of one load, round by round. */
    private static final class Rounds {
        final List<ClosedLoop.Result> odometer = new ArrayList<>();
        final List<ClosedLoop.Result> peer = new ArrayList<>();
        final List<ClosedLoop.Result> peerBatches = new ArrayList<>();
    }

    @Override
    public Integer call() {
        rounds = rounds > 0 ? rounds : quick ? 1 : 3;
        seconds = seconds > 0 ? seconds : quick ? 1 : 4;
        warmUp = warmUp >= 0 ? warmUp : quick ? 1 : 6;
        shards = shards.length > 0 ? shards : quick ? new int[] {4, 16} : new int[] {1, 2, 4, 8, 16, 32};
        counters = counters.length > 0
                ? counters
                : quick ? new int[] {1_000, 10_000} : new int[] {1_000, 10_000, 100_000, 1_000_000};
        try (Scratch scratch = Scratch.under(run.directory)) {
            String version = Servers.odometerVersion();
            // Nodes without any option are for tests: they start fast, and run without the second compiler.
            ClusterOptions options =
                    ClusterOptions.in(scratch.folder("cassandra")).withJavaOptions("-XX:+UseG1GC");
            try (CassandraCluster cluster = CassandraCluster.start(options)) {
                StringBuilder report = new StringBuilder(
                        """
                        Machine: %s
                        Cassandra: three nodes, replication 3, `commitlog_sync: batch`, Paxos v2. Odometer: `%s`, \
                        `./odometer serve --store cassandra`, one process. %d rounds of %s s.

                        """.formatted(Machine.line(scratch.root()), version, rounds, Figures.significant(seconds)));
                if (parts.contains("loads")) {
                    report.append(loads(scratch, cluster));
                }
                if (parts.contains("shards")) {
                    report.append(compareShards(scratch, cluster));
                }
                if (parts.contains("takeover")) {
                    report.append(takeovers(cluster));
                }
                System.out.print(report);
            }
        }
        return 0;
    }

    private String loads(Scratch scratch, CassandraCluster cluster) {
        try (CassandraPeer peer = new CassandraPeer(cluster);
                OdometerOnCassandra odometer =
                        OdometerOnCassandra.start(scratch, cluster, "bench", 0, run.javaOptions)) {
            for (CassandraLoad load : CassandraLoad.all()) {
                RunOptions.progress("warming up, %s", load.title());
                odometer.run(load, warmUp);
                peer.singles(load, warmUp);
            }
            Map<CassandraLoad, Rounds> results = new LinkedHashMap<>();
            for (int round = 1; round <= rounds; round++) {
                for (CassandraLoad load : CassandraLoad.all()) {
                    Rounds both = results.computeIfAbsent(load, any -> new Rounds());
                    both.odometer.add(odometer.run(load, seconds));
                    both.peer.add(peer.singles(load, seconds));
                    if (load.isBatch()) {
                        both.peerBatches.add(peer.batches(load, seconds));
                    }
                    RunOptions.progress(
                            "round %d of %d, %s: %s against %s",
                            round, rounds, load.title(), both.odometer.get(round - 1), both.peer.get(round - 1));
                }
            }
            return table(results);
        }
    }

    private static double[] rates(List<ClosedLoop.Result> results) {
        return results.stream().mapToDouble(ClosedLoop.Result::perSecond).toArray();
    }

    private static double median(List<ClosedLoop.Result> results, ToDoubleFunction<ClosedLoop.Result> figure) {
        return Figures.median(results.stream().mapToDouble(figure).toArray());
    }

    private static String table(Map<CassandraLoad, Rounds> results) {
        MarkdownTable table = new MarkdownTable(
                "load",
                "Odometer /s",
                "counter columns /s",
                "in counter batches /s",
                "ratio (min to max)",
                "goal",
                "p50 ms, Odometer",
                "counter columns",
                "p99 ms, Odometer",
                "counter columns",
                "failed, Odometer",
                "counter columns");
        results.forEach((load, both) -> {
            double[] ratios = new double[both.odometer.size()];
            for (int i = 0; i < ratios.length; i++) {
                double best = both.peer.get(i).perSecond();
                if (load.isBatch()) {
                    best = Math.max(best, both.peerBatches.get(i).perSecond());
                }
                ratios[i] = both.odometer.get(i).perSecond() / best;
            }
            table.row(
                    load.title(),
                    Figures.rate(Figures.median(rates(both.odometer))),
                    Figures.rate(Figures.median(rates(both.peer))),
                    load.isBatch() ? Figures.rate(Figures.median(rates(both.peerBatches))) : "",
                    "**" + Figures.ratio(Figures.median(ratios)) + "** (" + Figures.ratio(Figures.min(ratios)) + " to "
                            + Figures.ratio(Figures.max(ratios)) + ")",
                    load.goal() == 0 ? "" : Long.toString(Math.round(load.goal())),
                    Figures.significant(median(both.odometer, ClosedLoop.Result::p50Millis)),
                    Figures.significant(median(both.peer, ClosedLoop.Result::p50Millis)),
                    Figures.significant(median(both.odometer, ClosedLoop.Result::p99Millis)),
                    Figures.significant(median(both.peer, ClosedLoop.Result::p99Millis)),
                    failed(both.odometer),
                    failed(both.peer));
        });
        return table + "\n";
    }

    private static String failed(List<ClosedLoop.Result> results) {
        return Figures.count(
                results.stream().mapToLong(ClosedLoop.Result::failed).sum());
    }

    /** Each number of shards in a keyspace and a server of its own; the first one before, to warm the nodes up. */
    private String compareShards(Scratch scratch, CassandraCluster cluster) {
        MarkdownTable table = new MarkdownTable(
                "shards", MANY.title() + " /s", "p50 ms", "p99 ms", BATCHES.title() + " /s", "p50 ms", "p99 ms");
        double usual = warmUp;
        warmUp = NODES_WARM_UP * usual;
        withShards(scratch, cluster, "warm_up", shards[shards.length - 1]);
        warmUp = usual;
        for (int number : shards) {
            table.row(withShards(scratch, cluster, "shards_" + number, number));
        }
        return table + "\n";
    }

    private String[] withShards(Scratch scratch, CassandraCluster cluster, String keyspace, int number) {
        try (OdometerOnCassandra odometer =
                OdometerOnCassandra.start(scratch, cluster, keyspace, number, run.javaOptions)) {
            odometer.run(MANY, warmUp);
            odometer.run(BATCHES, warmUp);
            List<ClosedLoop.Result> many = new ArrayList<>();
            List<ClosedLoop.Result> batches = new ArrayList<>();
            for (int round = 0; round < rounds; round++) {
                many.add(odometer.run(MANY, seconds));
                batches.add(odometer.run(BATCHES, seconds));
            }
            RunOptions.progress("%d shards: %s, %s", number, many, batches);
            return new String[] {
                Integer.toString(number),
                Figures.rate(Figures.median(rates(many))),
                Figures.significant(median(many, ClosedLoop.Result::p50Millis)),
                Figures.significant(median(many, ClosedLoop.Result::p99Millis)),
                Figures.rate(Figures.median(rates(batches))),
                Figures.significant(median(batches, ClosedLoop.Result::p50Millis)),
                Figures.significant(median(batches, ClosedLoop.Result::p99Millis))
            };
        }
    }

    private String takeovers(CassandraCluster cluster) {
        CassandraStoreConfig config = OdometerOnCassandra.config(cluster, "takeover", 1);
        try (CassandraAdmin admin = CassandraAdmin.connect(config)) {
            admin.init(new Replication(Map.of(CassandraCluster.LOCAL_DATACENTER, 3)));
        }
        MarkdownTable table =
                new MarkdownTable("counters in the shard", "takeovers", "median ms", "least ms", "most ms");
        int before = 0;
        for (int number : counters) {
            CassandraTakeover.fill(config, before, number);
            before = number;
            int times = quick ? 3 : 9;
            double[] millis = DoubleStream.generate(() -> CassandraTakeover.millis(config, number))
                    .limit(times)
                    .toArray();
            RunOptions.progress("%d counters: %s", number, Arrays.toString(millis));
            table.row(
                    Figures.count(number),
                    Integer.toString(times),
                    Figures.significant(Figures.median(millis)),
                    Figures.significant(Figures.min(millis)),
                    Figures.significant(Figures.max(millis)));
        }
        return table + "\n";
    }
}
