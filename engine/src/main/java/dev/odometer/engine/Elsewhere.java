package dev.odometer.engine;

import dev.odometer.engine.model.Identity;
import dev.odometer.engine.model.Operation;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Where everything goes whose shard this engine does not serve: the way to the shards' owners. Called on the engine's
 * thread, where every sink is called and every stage completed, too; must neither block nor throw.
 *
 * <p>Whoever implements it carries what waits from a dead owner to the next one, and answers each call once: in the end
 * with an owner's answer, with {@link Outcome#UNAVAILABLE} where no owner can have applied it, and with
 * {@link Outcome#UNKNOWN} where one may have.
 */
public interface Elsewhere {
    /** There is nobody else: all is {@link Outcome#UNAVAILABLE}. */
    Elsewhere NOWHERE = new Elsewhere() {
        @Override
        public void forward(int shard, Operation operation, boolean linearizable, AnswerSink sink, long token) {
            sink.answered(token, Outcome.UNAVAILABLE, 0, false);
        }

        @Override
        public void forward(RemotePart part, AnswerSink sink) {
            for (int i = 0; i < part.answers(); i++) {
                sink.answered(i, Outcome.UNAVAILABLE, 0, false);
            }
        }

        @Override
        public CompletionStage<BatchAnswer> forward(
                int shard, List<Operation> operations, Identity.SessionBatch identity) {
            return CompletableFuture.completedFuture(BatchCall.refused(Outcome.UNAVAILABLE, 0));
        }
    };

    /**
     * One operation without an identity. Its effect must be applied once, however many owners it has to be sent to.
     *
     * @param linearizable for a read: the owner asks the store whether it still is the owner
     */
    void forward(int shard, Operation operation, boolean linearizable, AnswerSink sink, long token);

    /** A part of a request with an identity; the tokens of its answers are 0 to {@link RemotePart#answers()} - 1. */
    void forward(RemotePart part, AnswerSink sink);

    /** A session's batch, whose order the owner of the session's home shard keeps. */
    CompletionStage<BatchAnswer> forward(int shard, List<Operation> operations, Identity.SessionBatch identity);

    /**
     * Since when, on the environment's clock for durations, this node has been seen alive without a break, so that
     * nobody can have taken its shards over for dead; {@link Long#MAX_VALUE} while it has not. What the store said
     * about a shard's owner before that is worth nothing to a read: it asks again. Writes need no such thing: the store
     * refuses them.
     */
    default long currentSinceNanos() {
        return Long.MIN_VALUE;
    }
}
