package dev.odometer.store.cassandra;

import dev.odometer.engine.Engine;
import dev.odometer.engine.EngineConfig;
import dev.odometer.engine.EngineListener;
import dev.odometer.engine.Outcome;
import dev.odometer.engine.model.Identity;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.model.Operation;
import dev.odometer.engine.store.Store;
import dev.odometer.testkit.Stages;
import dev.odometer.testkit.ThreadEnvironment;
import java.security.SecureRandom;
import java.util.concurrent.CompletableFuture;

/** An engine on a store, on a thread of its own and in real time. Thread-safe. */
final class LiveEngine implements AutoCloseable {
    private final ThreadEnvironment environment = new ThreadEnvironment("engine", new SecureRandom());
    private final Store store;
    private final Engine engine;

    /** What one operation was answered. */
    record Answered(Outcome outcome, long value, boolean replayed) {}

    /** An engine that serves all shards. */
    LiveEngine(Store store, String name, boolean reacquire) {
        this.store = store;
        EngineConfig defaults = EngineConfig.defaults(name);
        EngineConfig config = new EngineConfig(
                name,
                defaults.idempotencyWindowMillis(),
                defaults.requestIdWindowMillis(),
                defaults.sessionIdleMillis(),
                defaults.maxIdentities(),
                defaults.maxCachedCounters(),
                defaults.maxPendingOperations(),
                reacquire);
        engine = new Engine(config, store, environment, EngineListener.NONE);
        Stages.join(CompletableFuture.supplyAsync(engine::acquireAll, environment::execute)
                .thenCompose(stage -> stage));
    }

    /** Adds under an idempotency key; the answer may take long. */
    CompletableFuture<Answered> add(String key, long delta, String id) {
        CompletableFuture<Answered> answered = new CompletableFuture<>();
        environment.execute(() -> engine.submit(
                new Operation.Add(Key.of(key), delta),
                new Identity.IdempotencyKey(id),
                (token, outcome, value, replayed) -> answered.complete(new Answered(outcome, value, replayed)),
                0));
        return answered;
    }

    /** What a counter is. */
    long value(String key) {
        CompletableFuture<Long> value = new CompletableFuture<>();
        environment.execute(() -> engine.submit(
                new Operation.Get(Key.of(key)),
                null,
                (token, outcome, found, replayed) -> value.complete(outcome == Outcome.VALUE ? found : 0),
                0));
        return Stages.join(value);
    }

    /** Ends as a process that dies. */
    @Override
    public void close() {
        environment.close();
        store.close();
    }
}
