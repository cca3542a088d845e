package dev.odometer.simulation;

import java.util.SplittableRandom;

/**
 * The network between clients, nodes and the store: a message is delayed, so that messages overtake each other; it
 * is lost, or arrives twice. Once {@linkplain #calm calm}, it is quick and loses nothing more; what was under way
 * stays under way.
 */
final class Network {
    private final Timeline timeline;
    private final SplittableRandom random;
    private final Plan plan;
    private boolean calm;

    Network(Timeline timeline, SplittableRandom random, Plan plan) {
        this.timeline = timeline;
        this.random = random;
        this.plan = plan;
    }

    void calm() {
        calm = true;
    }

    boolean isCalm() {
        return calm;
    }

    /** Sends a message that arrives once, twice or never. */
    void send(boolean mayBeDoubled, Runnable arrival) {
        if (!happens(plan.lossRate())) {
            timeline.after(delay(), arrival);
        }
        if (mayBeDoubled && happens(plan.duplicateRate())) {
            timeline.after(delay(), arrival);
        }
    }

    /** Microseconds that the next message takes. */
    long delay() {
        if (happens(plan.slowRate())) {
            return random.nextLong(20_000, plan.times().maxDelayMicros());
        }
        return 100 + random.nextLong(plan.usualDelayMicros());
    }

    /** Whether a mishap of this rate happens now. */
    boolean happens(double rate) {
        return !calm && rate > 0 && random.nextDouble() < rate;
    }
}
