package dev.odometer.cluster;

import dev.odometer.engine.EngineEnvironment;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;

/** Time, and everything that happens in it, in one thread and from one seed. */
final class World {
    final Random random;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private long micros = 1_000_000;
    private long numbers;

    private record Event(long at, long number, Runnable task) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(number, other.number);
        }
    }

    World(long seed) {
        random = new Random(seed);
    }

    long micros() {
        return micros;
    }

    long millis() {
        return micros / 1_000;
    }

    void after(long delayMicros, Runnable task) {
        events.add(new Event(micros + delayMicros, numbers++, task));
    }

    /** Lets time pass, with all that is due in it. */
    void pass(long forMillis) {
        long until = micros + forMillis * 1_000;
        while (!events.isEmpty() && events.peek().at <= until) {
            Event next = events.remove();
            micros = next.at;
            next.task.run();
        }
        micros = until;
    }

    /** A chance of one in so many. */
    boolean oneIn(int many) {
        return many > 0 && random.nextInt(many) == 0;
    }

    int between(int from, int to) {
        return from + random.nextInt(to - from + 1);
    }

    /** A process: what it is to do is dropped when it is dead, and waits while it is paused. */
    final class Computer implements EngineEnvironment {
        boolean dead;
        private boolean paused;
        private final List<Runnable> held = new ArrayList<>();

        void pause() {
            paused = true;
        }

        void resume() {
            paused = false;
            List<Runnable> due = List.copyOf(held);
            held.clear();
            due.forEach(task -> after(0, () -> run(task)));
        }

        void run(Runnable task) {
            if (dead) {
                return;
            }
            if (paused) {
                held.add(task);
            } else {
                task.run();
            }
        }

        @Override
        public void execute(Runnable task) {
            after(1, () -> run(task));
        }

        @Override
        public void schedule(Runnable task, long delayMillis) {
            after(delayMillis * 1_000, () -> run(task));
        }

        @Override
        public long wallMillis() {
            return 1_700_000_000_000L + millis();
        }

        @Override
        public long nanos() {
            return micros * 1_000;
        }

        @Override
        public long randomLong() {
            return random.nextLong();
        }
    }
}
