package dev.odometer.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Odometer and Redis side by side under redis-benchmark, as a table in Markdown. */
@Command(
        name = "redis",
        description = {
            "INCR through the Redis protocol, beside a real redis-server on the same disk.",
            "",
            "Both servers run throughout; each round loads one, then the other. A ratio is the median of the "
                    + "rounds' ratios. With 2 ms added to each sync, strace holds up both servers' fdatasync and fsync."
        })
final class RedisCommand extends HelpfulCommand implements Callable<Integer> {
    @Option(names = "--rounds", paramLabel = "N", description = "paired rounds of each load (default: 5; quick: 2)")
    private int rounds;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description = "about how long one load of one server takes (default: 3; quick: 1)")
    private double seconds;

    @Option(
            names = "--requests",
            paramLabel = "N",
            description = "requests of each load, instead of about so many seconds")
    private long requests;

    @Option(names = "--quick", description = "less exact, in under 90 s")
    private boolean quick;

    @Option(names = "--disk", paramLabel = "bare|slow|both", description = "which disk (default: ${DEFAULT-VALUE})")
    private String disk = "both";

    @Mixin
    private RunOptions run = new RunOptions();

    /** The two servers' results of one load, round by round. */
    private static final class Rounds {
        final List<RedisLoad.Result> odometer = new ArrayList<>();
        final List<RedisLoad.Result> redis = new ArrayList<>();

        double[] ratios(ToDoubleFunction<RedisLoad.Result> figure) {
            double[] ratios = new double[odometer.size()];
            for (int i = 0; i < ratios.length; i++) {
                ratios[i] = figure.applyAsDouble(odometer.get(i)) / figure.applyAsDouble(redis.get(i));
            }
            return ratios;
        }

        static double median(List<RedisLoad.Result> results, ToDoubleFunction<RedisLoad.Result> figure) {
            return Figures.median(results.stream().mapToDouble(figure).toArray());
        }
    }

    @Override
    public Integer call() {
        Tools.require(List.of("redis-server", "redis-benchmark", "strace"));
        rounds = rounds > 0 ? rounds : quick ? 2 : 5;
        seconds = seconds > 0 ? seconds : quick ? 1 : 3;
        try (Scratch scratch = Scratch.under(run.directory)) {
            StringBuilder report = new StringBuilder(header(scratch.root()));
            for (boolean slow : new boolean[] {false, true}) {
                if (disk.equals("both") || disk.equals(slow ? "slow" : "bare")) {
                    report.append(compare(scratch, slow));
                }
            }
            System.out.print(report);
        }
        return 0;
    }

    private String header(Path directory) {
        return """
                Machine: %s
                Odometer: `%s`, `./odometer serve`, all defaults%s. Redis: %s, `%s`.
                Load: %s, one thread, %d connections; %d rounds of %s.

                """.formatted(
                        Machine.line(directory),
                        Servers.odometerVersion(),
                        run.javaOptions.isEmpty() ? "" : " with " + run.javaOptions,
                        Servers.redisVersion(),
                        String.join(" ", Servers.REDIS_DURABILITY).replace("--save ", "--save ''"),
                        Tools.version("redis-benchmark", "--version"),
                        RedisLoad.CONNECTIONS,
                        rounds,
                        requests > 0 ? Figures.count(requests) + " requests" : "about " + seconds + " s");
    }

    private String compare(Scratch scratch, boolean slow) {
        Servers.Running odometer =
                Servers.odometer(scratch, scratch.folder("odometer"), slow, run.javaOptions, List.of());
        Servers.Running redis = Servers.redis(scratch, scratch.folder("redis"), slow);
        odometer.await();
        redis.await();
        Map<RedisLoad, Long> sizes = warmUp(odometer, redis, slow);
        Map<RedisLoad, Rounds> results = new LinkedHashMap<>();
        for (int round = 1; round <= rounds; round++) {
            for (Map.Entry<RedisLoad, Long> size : sizes.entrySet()) {
                RedisLoad load = size.getKey();
                Rounds both = results.computeIfAbsent(load, l -> new Rounds());
                both.odometer.add(load.run(odometer, size.getValue()));
                both.redis.add(load.run(redis, size.getValue()));
                RunOptions.progress(
                        "%s, round %d of %d, %s keys, -P %d: %s against %s",
                        slow ? "slow syncs" : "bare disk",
                        round,
                        rounds,
                        keys(load),
                        load.pipeline(),
                        Figures.rate(both.odometer.get(round - 1).perSecond()),
                        Figures.rate(both.redis.get(round - 1).perSecond()));
            }
        }
        odometer.process().stop();
        redis.process().stop();
        return table(results, slow);
    }

    /**
     * Runs every load on both servers, alike and twice, so that the JVM has compiled what it needs; the second time
     * tells how many requests take as long as wanted on the slower of the two.
     */
    private Map<RedisLoad, Long> warmUp(Servers.Running odometer, Servers.Running redis, boolean slow) {
        Map<RedisLoad, Long> sizes = new LinkedHashMap<>();
        for (double share : new double[] {0.3, 0.5}) {
            for (RedisLoad load : RedisLoad.all()) {
                double guess = sizes.getOrDefault(load, 0L) / seconds;
                double perSecond =
                        guess > 0 ? guess : slow ? 4_000.0 * load.pipeline() : 30_000.0 * load.pipeline() / 2;
                long size = load.wholePipelines(perSecond * Math.max(1, share * seconds));
                double slower = Math.min(
                        load.run(odometer, size).perSecond(),
                        load.run(redis, size).perSecond());
                RunOptions.progress("warming up, %s keys, -P %d", keys(load), load.pipeline());
                sizes.put(load, load.wholePipelines(slower * seconds));
            }
        }
        if (requests > 0) {
            sizes.replaceAll((load, size) -> load.wholePipelines((double) requests));
        }
        return sizes;
    }

    private static String keys(RedisLoad load) {
        return load.randomKeys() == 0 ? "1" : Figures.count(load.randomKeys());
    }

    /** What the project wants to reach. */
    private static double goal(RedisLoad load, boolean slow) {
        return slow ? 1.2 : load.pipeline() == 1 ? 0.9 : load.pipeline() == 16 ? 1.1 : 1.4;
    }

    private static String table(Map<RedisLoad, Rounds> results, boolean slow) {
        MarkdownTable table = new MarkdownTable(
                "keys, -P",
                "Odometer /s",
                "Redis /s",
                "ratio (min to max)",
                "goal",
                "p50 ms, Odometer",
                "Redis",
                "p99 ms, Odometer",
                "Redis",
                "p99 ratio",
                "CPU µs / INCR, Odometer",
                "Redis",
                "client cores, with Odometer",
                "with Redis");
        results.forEach((load, both) -> {
            double[] ratios = both.ratios(RedisLoad.Result::perSecond);
            table.row(
                    keys(load) + ", -P " + load.pipeline(),
                    Figures.rate(Rounds.median(both.odometer, RedisLoad.Result::perSecond)),
                    Figures.rate(Rounds.median(both.redis, RedisLoad.Result::perSecond)),
                    "**" + Figures.ratio(Figures.median(ratios)) + "** (" + Figures.ratio(Figures.min(ratios)) + " to "
                            + Figures.ratio(Figures.max(ratios)) + ")",
                    Double.toString(goal(load, slow)),
                    Figures.significant(Rounds.median(both.odometer, RedisLoad.Result::p50Millis)),
                    Figures.significant(Rounds.median(both.redis, RedisLoad.Result::p50Millis)),
                    Figures.significant(Rounds.median(both.odometer, RedisLoad.Result::p99Millis)),
                    Figures.significant(Rounds.median(both.redis, RedisLoad.Result::p99Millis)),
                    Figures.ratio(Figures.median(both.ratios(RedisLoad.Result::p99Millis))),
                    Figures.significant(Rounds.median(both.odometer, RedisLoad.Result::serverMicros)),
                    Figures.significant(Rounds.median(both.redis, RedisLoad.Result::serverMicros)),
                    Figures.ratio(Rounds.median(both.odometer, RedisLoad.Result::clientCores)),
                    Figures.ratio(Rounds.median(both.redis, RedisLoad.Result::clientCores)));
        });
        return (slow ? "With 2 ms added to each sync, on both sides:\n\n" : "On the bare disk:\n\n") + table + "\n";
    }
}
