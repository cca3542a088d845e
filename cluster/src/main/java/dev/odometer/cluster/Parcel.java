package dev.odometer.cluster;

import dev.odometer.engine.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * What is carried to a shard's owner, unchanged, as often as it takes. Its state is the {@link Carrier}'s. Only the
 * engine's thread.
 */
abstract class Parcel {
    /** What the answers of one attempt say. */
    enum Verdict {
        /** All is answered. */
        DONE,
        /** This attempt had no effect: another is to be made. */
        NO_EFFECT,
        /** This attempt may have had an effect: another is to be made. */
        IN_DOUBT
    }

    final int shard;

    /** How many nodes it will have passed at the owner. */
    final int hops;

    /** The number of the attempt that counts; answers of earlier ones count only where they are final. */
    int attempt;

    /** How many attempts failed one after the other. */
    int failures;

    /** How many attempts have left and may have had an effect, as far as is known. */
    int unsettled;

    /** To whom the last attempt goes; null where there is nobody, or while it waits for the next attempt. */
    @Nullable
    String target;

    boolean done;

    /** What to answer where no attempt had an effect and the time is over. */
    Outcome refusal = Outcome.UNAVAILABLE;

    Parcel(int shard, int hops) {
        this.shard = shard;
        this.hops = hops;
    }

    /** About how many bytes it has in a message. */
    abstract int bytes();

    /** Answers what has waited for too long; true where nothing is left. */
    abstract boolean expire(long nowNanos);

    /** It is done: whatever was kept for it can go. */
    void finished() {}

    /** The answer to what is given up. */
    Outcome givenUp() {
        return unsettled > 0 ? Outcome.UNKNOWN : refusal;
    }

    /** Remembers why an attempt without an effect was refused. */
    void refused(Outcome outcome) {
        refusal = outcome == Outcome.BUSY ? Outcome.BUSY : Outcome.UNAVAILABLE;
    }

    /** Whether an answer says that another attempt may do better. */
    static boolean isTemporary(Outcome outcome) {
        return switch (outcome) {
            case UNAVAILABLE, STOPPING, BUSY, UNKNOWN -> true;
            default -> false;
        };
    }
}
