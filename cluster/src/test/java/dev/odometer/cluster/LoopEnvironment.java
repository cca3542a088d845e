package dev.odometer.cluster;

import dev.odometer.testkit.ThreadEnvironment;
import java.util.SplittableRandom;
import java.util.concurrent.RejectedExecutionException;

/** An engine's thread of its own, in real time, of a process that may be killed: what it is given then is dropped. */
final class LoopEnvironment extends ThreadEnvironment {
    LoopEnvironment(long seed) {
        super("engine-" + seed, new SplittableRandom(seed));
    }

    @Override
    public void execute(Runnable task) {
        try {
            super.execute(task);
        } catch (RejectedExecutionException e) {
            // It was stopped, as a killed process is.
        }
    }

    @Override
    public void schedule(Runnable task, long delayMillis) {
        try {
            super.schedule(task, delayMillis);
        } catch (RejectedExecutionException e) {
            // It was stopped, as a killed process is.
        }
    }
}
