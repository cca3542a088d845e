package dev.odometer.server.cluster;

import dev.odometer.engine.Engine;
import dev.odometer.engine.EngineEnvironment;
import dev.odometer.engine.ShardStatus;
import dev.odometer.engine.store.Head;
import dev.odometer.engine.store.Store;
import dev.odometer.engine.store.StoreException;
import dev.odometer.server.http.ClusterDescription.Shard;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Reads the heads of all shards: those served here from the engine, the others from the store, a few at a time. Who
 * asks
 * while a reading is under way shares it, and it is good for a second. Only the engine's thread.
 */
final class ClusterHeads {
    private static final int AT_A_TIME = 16;
    private static final long GOOD_NANOS = 1_000_000_000;

    private final EngineEnvironment environment;
    private final Engine engine;
    private final Store store;
    private final String self;
    private @Nullable Reading last;

    ClusterHeads(EngineEnvironment environment, Engine engine, Store store, String self) {
        this.environment = environment;
        this.engine = engine;
        this.store = store;
        this.self = self;
    }

    CompletionStage<List<Shard>> read() {
        Reading reading = last;
        boolean good = reading != null
                && (!reading.result.isDone() || environment.nanos() - reading.startedNanos < GOOD_NANOS)
                && !reading.result.isCompletedExceptionally();
        if (reading == null || !good) {
            reading = new Reading();
            last = reading;
            reading.start();
        }
        return reading.result.copy();
    }

    /** One reading of all heads. */
    private final class Reading {
        final CompletableFuture<List<Shard>> result = new CompletableFuture<>();
        final long startedNanos = environment.nanos();
        private final Shard[] shards = new Shard[engine.shardCount()];
        private int next;
        private int missing = shards.length;

        void start() {
            List<ShardStatus> mine = engine.shards();
            for (ShardStatus one : mine) {
                if (one.serving()) {
                    shards[one.shard()] = new Shard(one.shard(), self, one.epoch(), one.sequence(), one.counters());
                    missing--;
                }
            }
            if (missing == 0) {
                result.complete(Arrays.asList(shards));
            }
            for (int i = 0; i < AT_A_TIME; i++) {
                ask();
            }
        }

        private void ask() {
            while (next < shards.length && shards[next] != null) {
                next++;
            }
            if (next == shards.length || result.isDone()) {
                return;
            }
            int shard = next++;
            store.head(shard).whenComplete((head, error) -> environment.execute(() -> took(shard, head, error)));
        }

        private void took(int shard, @Nullable Head head, @Nullable Throwable error) {
            if (head == null || error != null) {
                result.completeExceptionally(
                        new StoreException.Unreachable("the head of shard " + shard + " cannot be read"));
                return;
            }
            shards[shard] = new Shard(shard, head.owner(), head.epoch(), head.sequence(), head.counters());
            if (--missing == 0) {
                result.complete(Arrays.asList(shards));
            }
            ask();
        }
    }
}
