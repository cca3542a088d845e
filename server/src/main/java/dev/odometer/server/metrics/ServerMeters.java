package dev.odometer.server.metrics;

import dev.odometer.engine.EngineListener;
import dev.odometer.engine.EngineStats;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * The server's own meters: what the engine does and holds, and the process. They start from 0 with the process; the
 * counters that users keep are not among them. No tag takes a value that a client chooses.
 *
 * <p>Give it to the engine as its listener. Thread-safe: gauges show the figures of the last {@link #refresh}.
 */
public final class ServerMeters implements EngineListener, AutoCloseable {
    private static final Duration[] COMMIT_BUCKETS = {
        Duration.ofNanos(100_000),
        Duration.ofNanos(250_000),
        Duration.ofNanos(500_000),
        Duration.ofMillis(1),
        Duration.ofNanos(2_500_000),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofSeconds(1),
        Duration.ofSeconds(5)
    };
    private static final double[] GROUP_BUCKETS = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000};

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collections = new JvmGcMetrics();
    private final Timer commits;
    private final DistributionSummary groups;
    private final Counter failures;
    private final Counter acquired;
    private final Counter lost;
    private volatile EngineStats stats = new EngineStats(0, 0, 0, 0, 0, 0, 0);

    /** @param version the program's version, for {@code odometer_build_info} */
    public ServerMeters(String version) {
        commits = Timer.builder("odometer.commit.duration")
                .description("From the submission of a commit to its acknowledgement by the store")
                .serviceLevelObjectives(COMMIT_BUCKETS)
                .register(registry);
        groups = DistributionSummary.builder("odometer.commit.operations")
                .description("Operations that one commit answered")
                .serviceLevelObjectives(GROUP_BUCKETS)
                .register(registry);
        failures = counter("odometer.commit.failures", "Commits that were refused, unavailable or in doubt");
        acquired = counter("odometer.shards.acquired", "Acquisitions of shards");
        lost = counter("odometer.shards.lost", "Losses of shards to another owner or to an unreachable store");
        gauge("odometer.counters", "Counters in all shards served", EngineStats::counters);
        gauge("odometer.counters.cached", "Counters in memory", EngineStats::cached);
        gauge("odometer.operations.pending", "Operations that wait for a commit or a load", EngineStats::pending);
        gauge("odometer.identities", "Idempotency keys, request ids and sessions in memory", EngineStats::identities);
        total("odometer.operations", "Operations that commits answered", EngineStats::operations);
        total("odometer.counter.loads", "Values loaded from the store", EngineStats::loads);
        Gauge.builder("odometer.build.info", () -> 1)
                .description("Always 1; the version is a tag")
                .tag("version", version)
                .tag("java", System.getProperty("java.version", "unknown"))
                .register(registry);
        new JvmMemoryMetrics().bindTo(registry);
        collections.bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
    }

    /** Where further meters of this server go. */
    public PrometheusMeterRegistry registry() {
        return registry;
    }

    /** Takes the engine's figures of this moment. Any thread may call it. */
    public void refresh(EngineStats figures) {
        stats = figures;
    }

    /** All meters in Prometheus' text format. */
    public String scrape() {
        return registry.scrape();
    }

    @Override
    public void committed(int shard, int operations, long nanos) {
        commits.record(nanos, TimeUnit.NANOSECONDS);
        groups.record(operations);
    }

    @Override
    public void commitFailed(int shard, String reason) {
        failures.increment();
    }

    @Override
    public void acquired(int shard, long epoch, long counters) {
        acquired.increment();
    }

    @Override
    public void lost(int shard, String reason) {
        lost.increment();
    }

    /** Ends the observation of garbage collections. */
    @Override
    public void close() {
        collections.close();
        registry.close();
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    private void gauge(String name, String description, ToDoubleFunction<EngineStats> figure) {
        Gauge.builder(name, this, meters -> figure.applyAsDouble(meters.stats))
                .description(description)
                .register(registry);
    }

    private void total(String name, String description, ToDoubleFunction<EngineStats> figure) {
        FunctionCounter.builder(name, this, meters -> figure.applyAsDouble(meters.stats))
                .description(description)
                .register(registry);
    }
}
