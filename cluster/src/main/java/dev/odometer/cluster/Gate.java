package dev.odometer.cluster;

import dev.odometer.engine.Engine;
import dev.odometer.engine.EngineEnvironment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Consumer;

/** Where what belongs to this node waits until it serves the shard, for a bounded time. Only the engine's thread. */
final class Gate {
    private static final long SWEEP_MILLIS = 50;

    private final Engine engine;
    private final EngineEnvironment environment;
    private final Map<Integer, Deque<Waiter>> waiting = new HashMap<>();
    private boolean sweeping;

    private record Waiter(long untilNanos, Consumer<Boolean> action) {}

    Gate(Engine engine, EngineEnvironment environment) {
        this.engine = engine;
        this.environment = environment;
    }

    /**
     * Runs the action when the shard is served here (true), at once where it is, or when the time is over
     * (false).
     */
    void await(int shard, long forMillis, Consumer<Boolean> action) {
        if (engine.isServing(shard)) {
            action.accept(true);
            return;
        }
        waiting.computeIfAbsent(shard, none -> new ArrayDeque<>())
                .add(new Waiter(environment.nanos() + forMillis * 1_000_000, action));
        if (!sweeping) {
            sweeping = true;
            environment.schedule(this::sweep, SWEEP_MILLIS);
        }
    }

    /** The shard is served here from now on. */
    void open(int shard) {
        Deque<Waiter> waiters = waiting.remove(shard);
        if (waiters != null) {
            waiters.forEach(waiter -> waiter.action.accept(true));
        }
    }

    private void sweep() {
        long now = environment.nanos();
        Deque<Waiter> late = new ArrayDeque<>();
        for (Iterator<Deque<Waiter>> all = waiting.values().iterator(); all.hasNext(); ) {
            Deque<Waiter> waiters = all.next();
            while (!waiters.isEmpty() && waiters.peek().untilNanos <= now) {
                late.add(waiters.remove());
            }
            if (waiters.isEmpty()) {
                all.remove();
            }
        }
        late.forEach(waiter -> waiter.action.accept(false));
        sweeping = !waiting.isEmpty();
        if (sweeping) {
            environment.schedule(this::sweep, SWEEP_MILLIS);
        }
    }
}
