package dev.odometer.server.http;

import dev.odometer.engine.EngineEnvironment;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** An environment with one thread and the real clock. */
final class ThreadEnvironment implements EngineEnvironment, AutoCloseable {
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread made = new Thread(task, "engine");
        made.setDaemon(true);
        return made;
    });
    private final SplittableRandom random = new SplittableRandom(1);

    @Override
    public void execute(Runnable task) {
        thread.execute(task);
    }

    @Override
    public void schedule(Runnable task, long delayMillis) {
        Future<?> unused = thread.schedule(task, delayMillis, TimeUnit.MILLISECONDS);
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

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
