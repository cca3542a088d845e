package dev.odometer.systemtests.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.odometer.systemtests.client.HttpWire;
import dev.odometer.systemtests.client.RedisWire;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Knows what every counter must be. A counter belongs to one of three kinds:
 *
 * <ul>
 *   <li>exact: every operation on it has an identity and is repeated until it is answered, so that it counts once;
 *   <li>modelled: one client alone writes it, with identities, in order, and so knows every value it has;
 *   <li>bounded: operations without an identity, each sent once: what was acknowledged counts, what was not answered
 * counts once or not
 *       at all.
 * </ul>
 *
 * <p>Thread-safe.
 */
public final class Oracle {
    private static final int MOST_COMPLAINTS = 20;

    private final Map<String, AtomicLong> exact = new ConcurrentHashMap<>();
    private final Map<String, Long> modelled = new ConcurrentHashMap<>();
    private final Map<String, Bounds> bounded = new ConcurrentHashMap<>();
    private final Map<String, First> first = new ConcurrentHashMap<>();
    private final Queue<String> complaints = new ConcurrentLinkedQueue<>();
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong retried = new AtomicLong();

    /** What is known of a counter without identities. */
    public static final class Bounds {
        private final AtomicLong acknowledged = new AtomicLong();
        private final AtomicLong unanswered = new AtomicLong();

        /** An add of 1 was acknowledged. */
        public void acknowledge() {
            acknowledged.incrementAndGet();
        }

        /** Adds of 1 were sent, and no answer can come any more. */
        public void doubt(long count) {
            unanswered.addAndGet(count);
        }

        /** The least that it can be. */
        public long least() {
            return acknowledged.get();
        }

        /** The most that it can be. */
        public long most() {
            return acknowledged.get() + unanswered.get();
        }
    }

    /** The first answer to an add with an idempotency key. */
    public record First(String counter, long delta, long value) {}

    /** An add with an identity is about to be sent for the first time. */
    public void issued(String counter, long delta) {
        exact.computeIfAbsent(counter, key -> new AtomicLong()).addAndGet(delta);
    }

    /** The only writer of a counter says what it is now; null for absent. */
    public void modelled(String counter, Long value) {
        if (value == null) {
            modelled.remove(counter);
        } else {
            modelled.put(counter, value);
        }
    }

    /** The bounds of a counter without identities. */
    public Bounds bounds(String counter) {
        return bounded.computeIfAbsent(counter, key -> new Bounds());
    }

    /** An add of 1 without an identity was acknowledged. */
    public void acknowledged(String counter) {
        bounds(counter).acknowledge();
        answered.incrementAndGet();
    }

    /** Adds of 1 without an identity were sent, and no answer can come any more. */
    public void unanswered(String counter, long count) {
        bounds(counter).doubt(count);
    }

    /** An operation with an identity was answered. */
    public void answered() {
        answered.incrementAndGet();
    }

    /** The answer to an add with an idempotency key; later ones must be the same. */
    public void answered(String id, String counter, long delta, long value) {
        answered.incrementAndGet();
        First now = new First(counter, delta, value);
        First before = first.putIfAbsent(id, now);
        if (before != null && !before.equals(now)) {
            complain("the answer to " + id + " was " + before + " and is now " + now);
        }
    }

    /** Something is sent again. */
    public void retried() {
        retried.incrementAndGet();
    }

    /** How many operations were answered. */
    public long answeredCount() {
        return answered.get();
    }

    /** How many requests were sent again. */
    public long retriedCount() {
        return retried.get();
    }

    /** The first answers by idempotency key. */
    public Map<String, First> firstAnswers() {
        return first;
    }

    /** Something was seen that must not be. */
    public void complain(String complaint) {
        if (complaints.size() < MOST_COMPLAINTS) {
            complaints.add(complaint);
        }
    }

    /** @throws AssertionError where something was seen that must not be */
    public void assertNoComplaints() {
        assertThat(complaints).isEmpty();
    }

    /**
     * Reads every counter through HTTP's listing and through the Redis protocol, and demands that each is what it
     * must be.
     */
    public void assertTotals(int httpPort, int redisPort) throws IOException {
        Map<String, Long> listed = new HttpWire(httpPort).list("");
        assertTotals("HTTP", listed);
        try (RedisWire redis = new RedisWire(redisPort, 15_000)) {
            Map<String, Long> read = new TreeMap<>();
            List<String> keys = new ArrayList<>(listed.keySet());
            for (int from = 0; from < keys.size(); from += 500) {
                List<String> some = keys.subList(from, Math.min(keys.size(), from + 500));
                List<Long> values = redis.values(some);
                for (int i = 0; i < some.size(); i++) {
                    read.put(some.get(i), values.get(i));
                }
            }
            assertThat(read).as("what MGET reads").isEqualTo(listed);
            assertThat(redis.number("DBSIZE")).as("DBSIZE").isEqualTo(listed.size());
        }
    }

    /**
     * Demands that nothing unanswered counted either, as after a graceful stop. To be called while no client can be
     * answered.
     */
    public void assertOnlyAnsweredCounted(int httpPort) throws IOException {
        HttpWire http = new HttpWire(httpPort);
        for (Map.Entry<String, Bounds> entry : bounded.entrySet()) {
            assertThat(http.value(entry.getKey()).orElse(0))
                    .as("%s, all of which was answered", entry.getKey())
                    .isEqualTo(entry.getValue().least());
        }
    }

    private void assertTotals(String door, Map<String, Long> totals) {
        Map<String, Long> expected = new TreeMap<>(modelled);
        exact.forEach((counter, sum) -> expected.put(counter, sum.get()));
        Map<String, Long> unbounded = new TreeMap<>(totals);
        bounded.forEach((counter, bounds) -> {
            long total = totals.getOrDefault(counter, 0L);
            assertThat(total)
                    .as(
                            "%s over %s: acknowledged %d, unanswered %d",
                            counter, door, bounds.least(), bounds.most() - bounds.least())
                    .isBetween(bounds.least(), bounds.most());
            unbounded.remove(counter);
        });
        Map<String, String> wrong = new TreeMap<>();
        expected.forEach((counter, value) -> {
            if (!value.equals(unbounded.get(counter))) {
                wrong.put(counter, unbounded.get(counter) + " instead of " + value);
            }
        });
        assertThat(wrong).as("wrong totals over " + door).isEmpty();
        assertThat(unbounded.keySet()).as("the counters that there are").isEqualTo(expected.keySet());
    }
}
