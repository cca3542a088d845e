package dev.odometer.benchmarks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongFunction;

/** Fills a server with counters, many commands under way on a few connections. */
final class Loader {
    private static final int CONNECTIONS = 8;
    private static final int WINDOW = 1_000;

    private Loader() {}

    /** The key of one counter: 16 bytes. */
    static String key(long number) {
        return String.format("key:%012d", number);
    }

    /** Sets {@code counters} counters, each to its number. */
    static void fill(int port, long counters) {
        parallel(port, counters, number -> new String[] {"SET", key(number), Long.toString(number)});
    }

    /** Increments counters among the first {@code counters} at random. */
    static void increment(int port, long counters, long times) {
        // Which ones does not matter, only that they are spread: no generator is shared between threads.
        parallel(port, times, number -> new String[] {"INCR", key(new SplittableRandom(number).nextLong(counters))});
    }

    private static void parallel(int port, long commands, LongFunction<String[]> command) {
        ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
        try {
            List<CompletableFuture<Void>> parts = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                long from = commands * i / CONNECTIONS;
                long to = commands * (i + 1) / CONNECTIONS;
                parts.add(CompletableFuture.runAsync(() -> send(port, from, to, command), threads));
            }
            parts.forEach(CompletableFuture::join);
        } catch (CompletionException e) {
            if (e.getCause() instanceof BenchException cause) {
                throw cause;
            }
            throw e;
        } finally {
            threads.shutdownNow();
        }
    }

    private static void send(int port, long from, long to, LongFunction<String[]> command) {
        try (RespClient client = new RespClient(port)) {
            ByteArrayOutputStream window = new ByteArrayOutputStream(WINDOW * 64);
            for (long next = from; next < to; next += WINDOW) {
                long end = Math.min(to, next + WINDOW);
                window.reset();
                for (long number = next; number < end; number++) {
                    RespClient.append(window, command.apply(number));
                }
                client.send(window);
                for (long number = next; number < end; number++) {
                    String reply = client.line();
                    if (reply.startsWith("-")) {
                        throw new BenchException("a command of the load was refused: " + reply);
                    }
                }
            }
        } catch (IOException e) {
            throw new BenchException("the load broke off: " + e.getMessage(), e);
        }
    }
}
