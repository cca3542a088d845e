package dev.odometer.systemtests.load;

import dev.odometer.systemtests.process.Waiting;
import java.util.Random;

/**
 * One client on a thread of its own. It prepares a unit of work and attempts it until it is settled, then the next
 * one; it ends between
 * two units, so that nothing is left in doubt.
 */
abstract class LoadClient implements Runnable {
    private static final int RETRY_PAUSE_MILLIS = 20;

    /** The longest pause between two units of a client that presses on. */
    static final int PACE_MILLIS = 8;

    private final String name;
    private final Target target;
    private final Oracle oracle;
    private final Random random;
    private int paceMillis = PACE_MILLIS;
    private volatile boolean stopping;
    private volatile boolean abandoned;

    LoadClient(String name, Target target, Oracle oracle, Random random) {
        this.name = name;
        this.target = target;
        this.oracle = oracle;
        this.random = random;
    }

    final String name() {
        return name;
    }

    final Target target() {
        return target;
    }

    final Oracle oracle() {
        return oracle;
    }

    final Random random() {
        return random;
    }

    /** Prepares the next unit of work. */
    abstract void prepare();

    /** Sends it, or what is unanswered of it; returns whether all of it is settled. Closes a connection that broke. */
    abstract boolean attempt();

    /** Closes what is open. */
    abstract void close();

    /** To pause for so long at most between two units. To be called before it runs. */
    final void pace(int millis) {
        paceMillis = millis;
    }

    /** To end after the unit at work. */
    final void stop() {
        stopping = true;
    }

    /** To end at once, settled or not. */
    final void abandon() {
        stopping = true;
        abandoned = true;
    }

    @Override
    public final void run() {
        try {
            while (!stopping) {
                prepare();
                while (!attempt() && !abandoned) {
                    oracle.retried();
                    Waiting.pause(Math.max(RETRY_PAUSE_MILLIS, paceMillis));
                }
                Waiting.pause(random.nextInt(paceMillis));
            }
        } catch (RuntimeException | Error e) {
            oracle.complain(name + " failed: " + e);
            throw e;
        } finally {
            close();
        }
    }
}
