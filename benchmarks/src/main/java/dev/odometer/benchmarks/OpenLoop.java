package dev.odometer.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;

/**
 * Requests at a steady rate, whether or not those before them were answered: what waits is seen as latency, not as a
 * lower rate. Latency counts from when a request was due.
 */
final class OpenLoop {
    private static final long PATIENCE_NANOS = 30_000_000_000L;

    private OpenLoop() {}

    /**
     * A request that was answered, or failed.
     *
     * @param number the number of the request, from 0
     * @param atSeconds when it was due, from the begin of the load
     */
    record Sample(int number, double atSeconds, double millis, boolean failed) {}

    /** Something to do at a time, such as killing a node. */
    record Event(double atSeconds, Runnable action) {}

    /**
     * Runs the load, and waits for all answers.
     *
     * @param request sends the request with a number, and returns at once
     */
    static List<Sample> run(
            IntFunction<? extends CompletionStage<?>> request, double perSecond, double seconds, List<Event> events) {
        Queue<Sample> samples = new ConcurrentLinkedQueue<>();
        AtomicInteger waiting = new AtomicInteger();
        List<Event> left = new ArrayList<>(events);
        long start = System.nanoTime();
        int count = (int) (perSecond * seconds);
        for (int i = 0; i < count; i++) {
            int number = i;
            double at = i / perSecond;
            long due = start + (long) (at * 1e9);
            while (System.nanoTime() < due) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            while (!left.isEmpty() && left.get(0).atSeconds() <= at) {
                Thread thread = new Thread(left.remove(0).action(), "bench-event");
                thread.start(); // beside the load, which goes on
            }
            waiting.incrementAndGet();
            request.apply(number).whenComplete((answer, failure) -> {
                samples.add(new Sample(number, at, (System.nanoTime() - due) / 1e6, failure != null));
                waiting.decrementAndGet();
            });
        }
        long until = System.nanoTime() + PATIENCE_NANOS;
        while (waiting.get() > 0) {
            if (System.nanoTime() > until) {
                throw new BenchException(waiting.get() + " requests have no answer");
            }
            LockSupport.parkNanos(1_000_000);
        }
        return new ArrayList<>(samples);
    }
}
