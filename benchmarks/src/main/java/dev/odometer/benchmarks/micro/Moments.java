package dev.odometer.benchmarks.micro;

import dev.odometer.engine.EngineEnvironment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;

/** An environment whose moments end when the benchmark says so, on the benchmark's thread. The clock stands still. */
final class Moments implements EngineEnvironment {
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final SplittableRandom random = new SplittableRandom(7);

    /** Milliseconds since 1970; the benchmark turns it. */
    long millis = 1_700_000_000_000L;

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    /** Timers never fire: a benchmark purges by its own commits. */
    @Override
    public void schedule(Runnable task, long delayMillis) {}

    @Override
    public long wallMillis() {
        return millis;
    }

    @Override
    public long nanos() {
        return millis * 1_000_000;
    }

    @Override
    public long randomLong() {
        return random.nextLong();
    }

    /** Ends a moment: all operations since the last one are committed and answered. */
    void end() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }
}
