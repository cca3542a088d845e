package dev.odometer.cluster;

import dev.odometer.engine.BatchAnswer;
import dev.odometer.engine.membership.Member;
import java.util.concurrent.CompletionStage;

/**
 * The way to other nodes. Called on the engine's thread, where sinks are called and stages complete, too; neither
 * blocks
 * nor throws. Each call ends, by an answer or by a {@link PeerException}, within a bounded time.
 */
public interface Peers {
    /** Sends parts and reads to the owner of their shards. */
    void apply(Member to, ApplyCall call, ApplySink sink);

    /** Sends a session's batch to the owner of its home shard. */
    CompletionStage<BatchAnswer> sessionBatch(Member to, SessionCall call);

    /** Tells a node that it may acquire shards; or, with none, asks whether it is there. */
    CompletionStage<Void> handoff(Member to, HandoffCall call);
}
