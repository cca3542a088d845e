package dev.odometer.store.cassandra;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * The conditional writes of one shard, one at a time in the order of their submission: two of them at once would only
 * disturb each other in Paxos. Thread-safe.
 */
final class ShardQueue {
    private CompletableFuture<?> last = CompletableFuture.completedFuture(null); // guarded by this

    /** Runs a write when all before it are done, whatever became of them. */
    synchronized <T> CompletableFuture<T> then(Supplier<CompletionStage<T>> write) {
        CompletableFuture<T> done = last.isDone()
                ? started(write)
                : last.handle((result, failure) -> true).thenCompose(ignored -> started(write));
        last = done;
        return done;
    }

    private static <T> CompletableFuture<T> started(Supplier<CompletionStage<T>> write) {
        try {
            return write.get().toCompletableFuture();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
