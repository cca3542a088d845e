package dev.odometer.server.http;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.logging.RequestLog;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * Meters of the HTTP door. Tags are routes, methods and statuses, all from small fixed sets: never a key or anything
 * else that a client chooses. Thread-safe.
 */
final class HttpMeters {
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(1),
        Duration.ofNanos(2_500_000),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2_500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10)
    };

    private final MeterRegistry registry;
    private final ConcurrentMap<Tags, Timer> timers = new ConcurrentHashMap<>();

    private record Tags(String route, HttpMethod method, int status) {}

    HttpMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Counts the connections that are open. */
    void connections(IntSupplier open) {
        Gauge.builder("odometer.http.connections", open, IntSupplier::getAsInt)
                .description("HTTP connections that are open")
                .strongReference(true)
                .register(registry);
    }

    /** A request was answered, or its connection was lost. */
    void answered(String route, RequestLog log) {
        Tags tags = new Tags(
                route,
                log.requestHeaders().method(),
                log.responseHeaders().status().code());
        timers.computeIfAbsent(tags, this::timer).record(log.totalDurationNanos(), TimeUnit.NANOSECONDS);
    }

    /** A request was so broken that it reached no route. */
    void refused(int status) {
        registry.counter("odometer.http.refused", "status", Integer.toString(status))
                .increment();
    }

    private Timer timer(Tags tags) {
        return Timer.builder("odometer.http.requests")
                .description("Requests by HTTP, from their header to the end of their answer")
                .tag("route", tags.route())
                .tag("method", tags.method().name())
                .tag("status", Integer.toString(tags.status()))
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }
}
