package dev.odometer.store.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.odometer.engine.Outcome;
import dev.odometer.testkit.Stages;
import dev.odometer.testkit.cassandra.CassandraCluster;
import dev.odometer.testkit.net.FaultProxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Commits whose outcome nobody knows, between real engines and a real Cassandra: each ends with exact totals. All of
 * them are records, and nearly all take rows of earlier ones along.
 */
@Timeout(180)
class InDoubtIT {
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private CassandraStoreConfig config;
    private Proxies proxies;

    @BeforeEach
    void start() throws Exception {
        CassandraCluster cluster = CassandraCluster.shared();
        config = TestStores.empty(cluster, "in_doubt");
        proxies = new Proxies(cluster, directory);
    }

    @AfterEach
    void stop() {
        proxies.close();
    }

    private LiveEngine behindProxies(boolean reacquire) {
        return new LiveEngine(
                CassandraStore.open(proxies.lead(config, Duration.ofSeconds(1)), TestStores.HASTY),
                "behind-proxies",
                reacquire);
    }

    private LiveEngine direct() {
        return new LiveEngine(CassandraStore.open(config, TestStores.HASTY), "direct", true);
    }

    @Test
    void a_commit_that_was_applied_and_whose_answer_was_lost_counts_once() {
        try (LiveEngine engine = behindProxies(true)) {
            for (int round = 1; round <= 3; round++) {
                assertThat(Stages.join(engine.add("a", 1, "sure-" + round)).outcome())
                        .isEqualTo(Outcome.VALUE);
                proxies.all(FaultProxy::dropAnswers);
                var doubtful = engine.add("a", 1, "doubtful-" + round);
                await().atMost(LONG).until(() -> proxies.droppedAnswerBytes() > 0);
                assertThat(doubtful).isNotDone();
                proxies.all(FaultProxy::heal);
                LiveEngine.Answered answered = Stages.join(doubtful);
                assertThat(answered).isEqualTo(new LiveEngine.Answered(Outcome.VALUE, 2L * round, false));
                assertThat(Stages.join(engine.add("a", 1, "doubtful-" + round)))
                        .isEqualTo(new LiveEngine.Answered(Outcome.VALUE, 2L * round, true));
            }
        }
        try (LiveEngine next = direct()) {
            assertThat(next.value("a")).isEqualTo(6);
        }
    }

    @Test
    void a_commit_that_is_held_until_after_a_takeover_never_takes_effect() {
        try (LiveEngine old = behindProxies(false)) {
            assertThat(Stages.join(old.add("a", 1, "before")).value()).isEqualTo(1);
            proxies.all(FaultProxy::holdRequests);
            var held = old.add("a", 1_000, "held");
            await().atMost(LONG).until(() -> proxies.heldRequestBytes() > 0);
            try (LiveEngine next = direct()) {
                assertThat(Stages.join(next.add("a", 1, "after")).value()).isEqualTo(2);
                proxies.all(FaultProxy::release);
                Outcome outcome = Stages.join(held).outcome();
                assertThat(outcome).isIn(Outcome.UNKNOWN, Outcome.UNAVAILABLE);
                await().atMost(LONG).until(() -> proxies.heldRequestBytes() == 0);
                assertThat(Stages.join(next.add("a", 1, "later")).value()).isEqualTo(3);
                // Its retry finds the new owner, and counts once.
                assertThat(Stages.join(next.add("a", 1_000, "held")).value()).isEqualTo(1_003);
                assertThat(Stages.join(next.add("a", 1_000, "held")))
                        .isEqualTo(new LiveEngine.Answered(Outcome.VALUE, 1_003, true));
            }
            // The fenced one answers nothing as done.
            assertThat(Stages.join(old.add("a", 1, "fenced")).outcome()).isNotEqualTo(Outcome.VALUE);
        }
        try (LiveEngine last = direct()) {
            assertThat(last.value("a")).isEqualTo(1_003);
        }
    }

    @Test
    void a_commit_whose_answer_was_lost_before_a_takeover_is_there_after_it() {
        try (LiveEngine old = behindProxies(false)) {
            assertThat(Stages.join(old.add("a", 1, "before")).value()).isEqualTo(1);
            proxies.all(FaultProxy::dropAnswers);
            var lost = old.add("a", 1_000, "lost");
            await().atMost(LONG).until(() -> proxies.droppedAnswerBytes() > 0);
            try (LiveEngine next = direct()) {
                LiveEngine.Answered again = Stages.join(next.add("a", 1_000, "lost"));
                assertThat(again).isEqualTo(new LiveEngine.Answered(Outcome.VALUE, 1_001, true));
                proxies.all(FaultProxy::heal);
                assertThat(Stages.join(lost).outcome()).isNotEqualTo(Outcome.UNAVAILABLE);
                assertThat(next.value("a")).isEqualTo(1_001);
            }
        }
    }

    @Test
    void totals_are_exact_after_random_faults_of_the_network() {
        long seed = new Random().nextLong();
        System.out.println("InDoubtIT: seed " + seed);
        Random random = new Random(seed);
        int clients = 6;
        AtomicBoolean stop = new AtomicBoolean();
        List<AtomicInteger> counts = new ArrayList<>();
        List<CompletableFuture<Void>> running = new ArrayList<>();
        try (LiveEngine engine = behindProxies(true)) {
            for (int i = 0; i < clients; i++) {
                AtomicInteger count = new AtomicInteger();
                counts.add(count);
                int client = i;
                running.add(CompletableFuture.runAsync(() -> count(engine, client, count, stop)));
            }
            for (int fault = 0; fault < 16; fault++) {
                provoke(random);
                pause(random.nextInt(700));
                proxies.all(FaultProxy::heal);
                pause(random.nextInt(200));
            }
            stop.set(true);
            running.forEach(Stages::join);
            for (int i = 0; i < clients; i++) {
                assertThat(engine.value("c" + i))
                        .as("seed " + seed)
                        .isEqualTo(counts.get(i).get());
            }
        }
        try (LiveEngine next = direct()) {
            for (int i = 0; i < clients; i++) {
                assertThat(next.value("c" + i))
                        .as("seed " + seed)
                        .isEqualTo(counts.get(i).get());
            }
            assertThat(counts).allMatch(count -> count.get() > 0);
        }
    }

    private static void count(LiveEngine engine, int client, AtomicInteger count, AtomicBoolean stop) {
        while (!stop.get()) {
            String id = "c" + client + "-" + count.get();
            LiveEngine.Answered answered;
            do {
                answered = Stages.join(engine.add("c" + client, 1, id));
            } while (answered.outcome() != Outcome.VALUE);
            int now = count.incrementAndGet();
            assertThat(answered.value()).isEqualTo(now);
        }
    }

    private void provoke(Random random) {
        FaultProxy one = proxies.get(random.nextInt(proxies.size()));
        switch (random.nextInt(9)) {
            case 0 -> proxies.all(FaultProxy::dropAnswers);
            case 1 -> proxies.all(FaultProxy::holdRequests);
            case 2 -> proxies.all(FaultProxy::holdAnswers);
            case 3 -> proxies.all(FaultProxy::cutConnections);
            case 4 -> proxies.all(proxy -> proxy.dropAnswersAfter(random.nextInt(300)));
            case 5 -> proxies.all(FaultProxy::dropRequests);
            case 6 -> one.dropAnswers();
            case 7 -> {
                one.refuseConnections();
                one.cutConnections();
            }
            default -> proxies.all(proxy -> proxy.delayAnswers(Duration.ofMillis(random.nextInt(1_500))));
        }
    }

    private static void pause(int millis) {
        LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
    }
}
