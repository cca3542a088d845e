package dev.odometer.benchmarks;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import org.HdrHistogram.ConcurrentHistogram;

/** So many requests in flight for a while: each answer sends the next one. Used once. */
final class ClosedLoop {
    private static final long DRAIN_SECONDS = 60;

    private final IntFunction<? extends CompletionStage<?>> request;
    private final int keys;
    private final int increments;
    private final long end;
    private final ConcurrentHistogram micros = new ConcurrentHistogram(60_000_000L, 3);
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicInteger running;
    private final CompletableFuture<Boolean> ended = new CompletableFuture<>();

    /**
     * What was measured.
     *
     * @param perSecond acknowledged increments a second
     * @param failed requests that failed or timed out
     */
    record Result(double perSecond, double p50Millis, double p99Millis, long failed) {}

    private ClosedLoop(
            IntFunction<? extends CompletionStage<?>> request, int keys, int increments, int inFlight, double seconds) {
        this.request = request;
        this.keys = keys;
        this.increments = increments;
        this.running = new AtomicInteger(inFlight);
        this.end = System.nanoTime() + (long) (seconds * 1e9);
    }

    /**
     * Runs the load.
     *
     * @param request sends a request for a counter, and returns at once; its stage completes on another thread
     * @param increments of one request
     */
    static Result run(
            IntFunction<? extends CompletionStage<?>> request, int keys, int increments, int inFlight, double seconds) {
        ClosedLoop loop = new ClosedLoop(request, keys, increments, inFlight, seconds);
        long start = System.nanoTime();
        for (int i = 0; i < inFlight; i++) {
            loop.next();
        }
        try {
            loop.ended.get((long) seconds + DRAIN_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new BenchException("requests were not answered within " + DRAIN_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        }
        double took = (System.nanoTime() - start) / 1e9;
        return new Result(
                loop.acknowledged.get() / took,
                loop.micros.getValueAtPercentile(50) / 1e3,
                loop.micros.getValueAtPercentile(99) / 1e3,
                loop.failed.get());
    }

    private void next() {
        long start = System.nanoTime();
        if (start - end >= 0) {
            if (running.decrementAndGet() == 0) {
                ended.complete(true);
            }
            return;
        }
        request.apply(keys == 1 ? 0 : ThreadLocalRandom.current().nextInt(keys)).whenComplete((answer, failure) -> {
            if (failure == null) {
                acknowledged.addAndGet(increments);
                micros.recordValue(Math.min(60_000_000L, (System.nanoTime() - start) / 1_000));
            } else {
                failed.incrementAndGet();
            }
            next();
        });
    }
}
