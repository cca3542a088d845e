package dev.odometer.cluster;

import dev.odometer.engine.EngineEnvironment;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** An engine's thread of its own, in real time. */
final class LoopEnvironment implements EngineEnvironment, AutoCloseable {
    private final ScheduledExecutorService loop;
    private final SplittableRandom random;

    LoopEnvironment(long seed) {
        random = new SplittableRandom(seed);
        loop = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "engine-" + seed);
            thread.setDaemon(true);
            return thread;
        });
    }

    @Override
    public void execute(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            // It was stopped, as a killed process is.
        }
    }

    @Override
    public void schedule(Runnable task, long delayMillis) {
        try {
            var unused = loop.schedule(task, delayMillis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // It was stopped, as a killed process is.
        }
    }

    @Override
    public long wallMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public long randomLong() {
        return random.nextLong();
    }

    /** Ends at once: what waits is dropped. */
    @Override
    public void close() {
        loop.shutdownNow();
    }
}
