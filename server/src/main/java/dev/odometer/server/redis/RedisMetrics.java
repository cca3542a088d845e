package dev.odometer.server.redis;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What the Redis protocol counts. Written by the loop's thread alone, with plain reads and ordered writes, so that a
 * count costs about as much as a {@code long}; read from any thread.
 */
final class RedisMetrics {
    /** What became of a command. */
    enum Result {
        /** Done. */
        OK(0),
        /** Refused for what the client sent; nothing changed. */
        ERROR(1),
        /** Not done for want of room or store, or in doubt. */
        REFUSED(2);

        private final int index;

        Result(int index) {
            this.index = index;
        }
    }

    private static final int RESULTS = 3;

    // The places of what happens to connections.
    private static final int ACCEPTED = 0;
    private static final int TURNED_AWAY = 1;
    private static final int CLOSED = 2;
    private static final int PROTOCOL_ERROR = 3;
    private static final int STALLED = 4;

    private final AtomicLongArray commands;
    private final AtomicLongArray events = new AtomicLongArray(STALLED + 1);

    RedisMetrics(List<String> names, MeterRegistry registry) {
        commands = new AtomicLongArray(names.size() * RESULTS);
        for (int i = 0; i < names.size(); i++) {
            for (Result result : Result.values()) {
                int index = i * RESULTS + result.index;
                FunctionCounter.builder("odometer.redis.commands", commands, all -> all.get(index))
                        .description("Commands of the Redis protocol that were answered")
                        .tag("command", names.get(i))
                        .tag("outcome", result.name().toLowerCase(Locale.ROOT))
                        .register(registry);
            }
        }
        counter(registry, "odometer.redis.connections.accepted", "Connections accepted", ACCEPTED);
        counter(registry, "odometer.redis.connections.refused", "Connections over the bound", TURNED_AWAY);
        counter(registry, "odometer.redis.protocol.errors", "Connections ended by bad input", PROTOCOL_ERROR);
        counter(registry, "odometer.redis.stalled", "Connections ended as replies stayed unread", STALLED);
        Gauge.builder("odometer.redis.connections", this, RedisMetrics::connections)
                .description("Connections open")
                .register(registry);
    }

    private void counter(MeterRegistry registry, String name, String description, int event) {
        FunctionCounter.builder(name, events, all -> all.get(event))
                .description(description)
                .register(registry);
    }

    void command(int number, Result result) {
        add(commands, number * RESULTS + result.index);
    }

    void accepted() {
        add(events, ACCEPTED);
    }

    void turnedAway() {
        add(events, TURNED_AWAY);
    }

    void closed() {
        add(events, CLOSED);
    }

    void protocolError() {
        add(events, PROTOCOL_ERROR);
    }

    void stalled() {
        add(events, STALLED);
    }

    long acceptedSoFar() {
        return events.get(ACCEPTED);
    }

    long turnedAwaySoFar() {
        return events.get(TURNED_AWAY);
    }

    long commandsSoFar() {
        long sum = 0;
        for (int i = 0; i < commands.length(); i++) {
            sum += commands.get(i);
        }
        return sum;
    }

    long errorsSoFar() {
        long sum = 0;
        for (int i = 0; i < commands.length(); i++) {
            sum += i % RESULTS == Result.OK.index ? 0 : commands.get(i);
        }
        return sum;
    }

    double connections() {
        return acceptedSoFar() - events.get(CLOSED);
    }

    private static void add(AtomicLongArray counts, int index) {
        counts.setRelease(index, counts.getPlain(index) + 1);
    }
}
