package dev.odometer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.odometer.systemtests.client.HttpWire;
import dev.odometer.systemtests.client.RedisWire;
import dev.odometer.systemtests.process.Seed;
import dev.odometer.systemtests.process.ServerOptions;
import dev.odometer.systemtests.process.ServerProcess;
import dev.odometer.systemtests.process.Servers;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Far more counters than fit into memory. The number is that of the system property {@value #PROPERTY}; with
 * 10,000,000 it is the promise
 * itself, with fewer counters the cache is made smaller in proportion, so that most are on disk all the same.
 */
class MemoryIT {
    private static final String PROPERTY = "odometer.counters";
    private static final int COUNTERS = Integer.getInteger(PROPERTY, 2_000_000);
    private static final int FULL_SIZE = 10_000_000;
    private static final int PIPELINE = 2_000;
    private static final int SAMPLE = 20_000;
    private static final long MOST_RESIDENT_BYTES = 1_100L << 20;

    @RegisterExtension
    final Servers servers = Servers.ofTest();

    private final Map<Integer, Long> incremented = new HashMap<>();

    @Test
    @Timeout(600)
    void millionsOfCountersAreServedWithAHeapOf512MiB() throws Exception {
        Random random = new Random(Seed.next("MemoryIT"));
        int cached = Math.max(10_000, (int) (500_000L * COUNTERS / FULL_SIZE));
        ServerOptions options = ServerOptions.on(servers.folder().resolve("data"))
                .withJavaOptions("-Xmx512m")
                .with("--cache-counters", String.valueOf(cached));
        ServerProcess server = servers.start(options);
        long begun = System.nanoTime();
        create(server);
        report("creating " + COUNTERS + " counters", begun, server);

        begun = System.nanoTime();
        incrementSome(server, random);
        report(SAMPLE + " random increments", begun, server);
        assertExact(server, random);
        long peak = server.peakResidentBytes();

        server.kill9();
        begun = System.nanoTime();
        server = servers.start(options);
        report("the start after SIGKILL", begun, server);
        assertExact(server, random);
        incrementSome(server, random);
        assertExact(server, random);
        peak = Math.max(peak, server.peakResidentBytes());
        System.out.println("MemoryIT: at most " + (peak >> 20) + " MiB resident; "
                + server.stdout().strip());
        assertThat(peak).as("bytes of memory of the process").isLessThan(MOST_RESIDENT_BYTES);
    }

    private static void report(String what, long begun, ServerProcess server) {
        System.out.printf(
                "MemoryIT: %s took %.1f s, %d MiB resident%n",
                what, (System.nanoTime() - begun) / 1e9, server.residentBytes() >> 20);
    }

    private static void create(ServerProcess server) throws IOException {
        try (RedisWire redis = new RedisWire(server.redisPort(), 30_000)) {
            int answered = 0;
            for (int sent = 0; sent < COUNTERS; ) {
                for (int i = 0; i < PIPELINE && sent < COUNTERS; i++, sent++) {
                    redis.send("INCRBY", key(sent), String.valueOf(first(sent)));
                }
                redis.flush();
                // A pipeline behind, so that the server always has one to work on.
                for (; answered < sent - PIPELINE; answered++) {
                    created(redis, answered);
                }
            }
            for (; answered < COUNTERS; answered++) {
                created(redis, answered);
            }
        }
    }

    private static void created(RedisWire redis, int number) throws IOException {
        Object reply = redis.reply();
        if (!Long.valueOf(first(number)).equals(reply)) {
            throw new AssertionError(key(number) + " gave " + reply);
        }
    }

    private void incrementSome(ServerProcess server, Random random) throws IOException {
        try (RedisWire redis = new RedisWire(server.redisPort(), 30_000)) {
            for (int from = 0; from < SAMPLE; from += PIPELINE) {
                List<Integer> numbers = new ArrayList<>();
                for (int i = 0; i < PIPELINE; i++) {
                    int number = random.nextInt(COUNTERS);
                    numbers.add(number);
                    redis.send("INCR", key(number));
                }
                redis.flush();
                for (int number : numbers) {
                    long expected = value(number) + 1;
                    assertThat(redis.reply()).as(key(number)).isEqualTo(expected);
                    incremented.put(number, expected);
                }
            }
        }
    }

    /** The number of counters, what was incremented, and a sample of the rest. */
    private void assertExact(ServerProcess server, Random random) throws IOException {
        List<Integer> numbers = new ArrayList<>(incremented.keySet());
        for (int i = 0; i < SAMPLE; i++) {
            numbers.add(random.nextInt(COUNTERS));
        }
        try (RedisWire redis = new RedisWire(server.redisPort(), 30_000)) {
            assertThat(redis.number("DBSIZE")).isEqualTo(COUNTERS);
            for (int from = 0; from < numbers.size(); from += 500) {
                List<Integer> some = numbers.subList(from, Math.min(numbers.size(), from + 500));
                List<Long> values =
                        redis.values(some.stream().map(MemoryIT::key).toList());
                assertThat(values).isEqualTo(some.stream().map(this::value).toList());
            }
        }
        HttpWire http = new HttpWire(server.httpPort(), HttpClient.Version.HTTP_1_1, Duration.ofSeconds(30));
        for (int number : numbers.subList(0, 100)) {
            assertThat(http.value(key(number))).hasValue(value(number));
        }
    }

    private long value(int number) {
        return incremented.getOrDefault(number, first(number));
    }

    private static long first(int number) {
        return 1L + number % 1_000;
    }

    private static String key(int number) {
        return "counter:" + number;
    }
}
