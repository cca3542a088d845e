package dev.odometer.engine;

import dev.odometer.engine.store.Head;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Adds up the counters of all shards: of those served here at once, of the others by their heads, a few at a time. */
final class Counting {
    private static final int AT_A_TIME = 16;

    private final EngineContext context;
    private final Shard[] shards;
    private final CompletableFuture<Long> result = new CompletableFuture<>();
    private int next;
    private int open;
    private long sum;

    Counting(EngineContext context, Shard[] shards) {
        this.context = context;
        this.shards = shards;
    }

    CompletionStage<Long> start() {
        goOn();
        return result;
    }

    private void goOn() {
        while (next < shards.length && open < AT_A_TIME && !result.isDone()) {
            Shard shard = shards[next++];
            if (shard.isServing()) {
                sum += shard.pipeline.committedCounters();
            } else {
                open++;
                context.store
                        .head(shard.number)
                        .whenComplete((head, error) -> context.environment.execute(() -> took(head, error)));
            }
        }
        if (next == shards.length && open == 0) {
            result.complete(sum);
        }
    }

    private void took(@Nullable Head head, @Nullable Throwable error) {
        open--;
        if (head == null || error != null) {
            result.completeExceptionally(error == null ? new IllegalStateException("no head") : Failures.cause(error));
        } else {
            sum += head.counters();
            goOn();
        }
    }
}
