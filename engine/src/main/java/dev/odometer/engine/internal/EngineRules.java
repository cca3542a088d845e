package dev.odometer.engine.internal;

/**
 * The rules of the engine whose breach loses or doubles counts, each in one method. The product only ever uses {@link
 * #SAFE}; the
 * simulation breaks one at a time, to prove that it would notice.
 */
public interface EngineRules {
    /** The rules as they must be. */
    EngineRules SAFE = new EngineRules() {};

    /** Whether operations are answered when their commit is submitted. */
    default boolean answersBeforeCommit() {
        return false;
    }

    /** Whether a commit in doubt is taken for done. */
    default boolean trustsUnknownCommits() {
        return false;
    }

    /** Whether a shard goes on being served after the store has refused its owner. */
    default boolean keepsFencedShards() {
        return false;
    }

    /** Whether a commit that was in doubt and is refused then counts as one that never had an effect. */
    default boolean forgetsDoubt() {
        return false;
    }

    /** Whether an owner takes its own word for still being the owner, where it ought to ask the store. */
    default boolean confirmsFromMemory() {
        return false;
    }

    /** Whether reads see values that are not committed yet. */
    default boolean readsUncommitted() {
        return false;
    }

    /** For how long an identity row is kept, given how long it must be. */
    default long retentionMillis(long required) {
        return required;
    }
}
