package dev.odometer.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ClosedLoopTest {
    @Test
    void so_many_requests_are_on_their_way_and_what_fails_is_not_acknowledged() {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger sent = new AtomicInteger();
        Set<Integer> keys = ConcurrentHashMap.newKeySet();
        ClosedLoop.Result result = ClosedLoop.run(
                key -> {
                    keys.add(key);
                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                    boolean fails = sent.incrementAndGet() % 10 == 0;
                    return CompletableFuture.runAsync(() -> {
                        running.decrementAndGet();
                        if (fails) {
                            throw new IllegalStateException(new IOException("refused"));
                        }
                    });
                },
                5,
                1_000,
                4,
                0.1);
        assertThat(most.get()).isBetween(1, 4);
        assertThat(running.get()).isZero();
        assertThat(keys).isSubsetOf(0, 1, 2, 3, 4);
        assertThat(result.failed()).isEqualTo(sent.get() / 10);
        assertThat(result.perSecond()).isPositive();
        assertThat(result.p50Millis()).isLessThanOrEqualTo(result.p99Millis());
    }
}
