package dev.odometer.testkit;

import dev.odometer.engine.EngineEnvironment;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * An engine's environment in real time, on a daemon thread of its own. After {@link #close} it takes no task ({@link
 * java.util.concurrent.RejectedExecutionException}).
 */
public class ThreadEnvironment implements EngineEnvironment, AutoCloseable {
    private final ScheduledExecutorService thread;
    private final RandomGenerator random;

    /**
     * Starts when it is given its first task.
     *
     * @param name the thread's
     * @param random used on that thread only
     */
    public ThreadEnvironment(String name, RandomGenerator random) {
        this.random = random;
        this.thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread made = new Thread(task, name);
            made.setDaemon(true);
            return made;
        });
    }

    @Override
    public void execute(Runnable task) {
        thread.execute(task);
    }

    @Override
    public void schedule(Runnable task, long delayMillis) {
        var unused = thread.schedule(task, delayMillis, TimeUnit.MILLISECONDS);
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
        thread.shutdownNow();
    }
}
