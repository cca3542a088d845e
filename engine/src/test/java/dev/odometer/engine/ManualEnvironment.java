package dev.odometer.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/** An environment whose tasks run when a test says so, with a clock that a test turns. */
final class ManualEnvironment implements EngineEnvironment {
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final List<Timer> timers = new ArrayList<>();
    private final Random random = new Random(7);
    long millis = 1_700_000_000_000L;

    private record Timer(long at, Runnable task) {}

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public void schedule(Runnable task, long delayMillis) {
        timers.add(new Timer(millis + delayMillis, task));
    }

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

    /** Runs all that is to be done now. */
    void run() {
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
    }

    /** Lets time pass, with all that is due in it. */
    void pass(long forMillis) {
        long until = millis + forMillis;
        run();
        while (true) {
            Timer next =
                    timers.stream().min(Comparator.comparingLong(Timer::at)).orElse(null);
            if (next == null || next.at() > until) {
                break;
            }
            timers.remove(next);
            millis = Math.max(millis, next.at());
            next.task().run();
            run();
        }
        millis = until;
        run();
    }
}
