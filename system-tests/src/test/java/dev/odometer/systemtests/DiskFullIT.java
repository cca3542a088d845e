package dev.odometer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.odometer.systemtests.client.HttpWire;
import dev.odometer.systemtests.client.RedisWire;
import dev.odometer.systemtests.process.ServerOptions;
import dev.odometer.systemtests.process.ServerProcess;
import dev.odometer.systemtests.process.Servers;
import dev.odometer.systemtests.process.SmallDisk;
import dev.odometer.systemtests.process.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A full disk: writes are refused, reads go on, nothing acknowledged is lost, and with room it goes on by itself. */
@Timeout(120)
class DiskFullIT {
    private static final int PIPELINE = 500;
    private static final int MOST_COUNTERS = 3_000_000;
    private static final Duration RECOVERY_LIMIT = Duration.ofSeconds(20);

    @RegisterExtension
    final Servers servers = Servers.ofTest();

    private final Set<String> acknowledged = new HashSet<>();
    private final Set<String> unanswered = new HashSet<>();
    private final String filling = "x".repeat(200);
    private int number;

    @Test
    void aDiskFilledByOthersIsSurvivedAndRecoversWithoutARestart() throws Exception {
        SmallDisk disk = disk(120);
        ServerOptions options = ServerOptions.on(disk.directory().resolve("data"));
        ServerProcess server = servers.start(options);
        new HttpWire(server.httpPort()).add("orders", 42, null);
        disk.fill();
        countUntilRefused(server);
        writesAreRefusedAndReadsAnswer(server);

        disk.makeRoom();
        writesSucceedAgain(server);
        assertTotals(server);

        disk.fill();
        countUntilRefused(server);
        server.kill9();
        startsOrSaysWhatItNeeds(options);
        disk.makeRoom();
        ServerProcess next = servers.start(options);
        writesSucceedAgain(next);
        assertTotals(next);
    }

    @Test
    void aDiskFilledByCountersIsSurvivedAndRecoversWithoutARestart() throws Exception {
        SmallDisk disk = disk(96);
        ServerOptions options = ServerOptions.on(disk.directory().resolve("data"));
        ServerProcess server = servers.start(options);
        new HttpWire(server.httpPort()).add("orders", 42, null);
        countUntilRefused(server);
        writesAreRefusedAndReadsAnswer(server);

        server.kill9();
        startsOrSaysWhatItNeeds(options);
        disk.grow(400);
        ServerProcess next = servers.start(options);
        writesSucceedAgain(next);
        assertTotals(next);
    }

    private SmallDisk disk(int megabytes) throws IOException {
        Optional<SmallDisk> disk = SmallDisk.mount(servers, megabytes);
        assumeTrue(disk.isPresent(), "mounting a small disk needs root");
        return disk.get();
    }

    /** Counts on ever new counters, so that the disk fills, until a write is refused. */
    private void countUntilRefused(ServerProcess server) throws IOException {
        try (RedisWire redis = new RedisWire(server.redisPort(), 20_000)) {
            int refused = 0;
            while (refused == 0) {
                assertThat(number).as("counters made, and no write was refused").isLessThan(MOST_COUNTERS);
                List<String> keys = new ArrayList<>();
                for (int i = 0; i < PIPELINE; i++) {
                    String key = "fill/" + ++number + "/" + filling;
                    keys.add(key);
                    redis.send("INCR", key);
                }
                redis.flush();
                for (String key : keys) {
                    Object reply = redis.reply();
                    if (Long.valueOf(1).equals(reply)) {
                        acknowledged.add(key);
                    } else {
                        refused++;
                        assertThat(reply).isInstanceOf(RedisWire.Failure.class);
                        assertThat(((RedisWire.Failure) reply).text()).matches("(TRYAGAIN|INDOUBT) .*");
                        if (((RedisWire.Failure) reply).text().startsWith("INDOUBT")) {
                            unanswered.add(key);
                        }
                    }
                }
            }
        }
    }

    private static void writesAreRefusedAndReadsAnswer(ServerProcess server) throws IOException {
        HttpWire http = new HttpWire(server.httpPort());
        HttpWire.Answer add = http.add("orders", 1, null);
        for (int i = 0; i < 5_000 && add.status() == 200; i++) {
            // Room may be left for something smaller than what was refused. The answers kept under the key use it up.
            add = http.write("POST", "/v1/batch", batch(), "full-" + i);
        }
        assertThat(add.status()).as(add.body()).isIn(503, 507);
        assertThat(add.body()).contains("/problems/");
        try (RedisWire redis = new RedisWire(server.redisPort(), 10_000)) {
            assertThat(redis.call("GET", "orders")).isInstanceOf(String.class);
            assertThat(redis.call("PING")).isEqualTo("PONG");
            assertThat(redis.call("GET", "never-there")).isNull();
        }
        assertThat(http.value("orders")).isPresent();
        assertThat(http.list("orders")).hasSize(1);
        assertThat(http.get("/healthz").status()).isEqualTo(200);
        assertThat(server.isAlive()).isTrue();
    }

    private static String batch() {
        return "{\"operations\":["
                + "{\"op\":\"set\",\"key\":\"orders\",\"value\":42},".repeat(999)
                + "{\"op\":\"set\",\"key\":\"orders\",\"value\":42}]}";
    }

    private static void writesSucceedAgain(ServerProcess server) {
        HttpWire http = new HttpWire(server.httpPort());
        Waiting.until("writes succeed again, without a restart", RECOVERY_LIMIT, () -> {
            try {
                return http.write("PUT", HttpWire.counter("orders"), "{\"value\":42}", null)
                                .status()
                        == 200;
            } catch (IOException e) {
                throw new AssertionError(server.outputs(), e);
            }
        });
    }

    /** With the disk still full a start may fail, but then it says why. */
    private void startsOrSaysWhatItNeeds(ServerOptions options) throws IOException {
        ServerProcess server = servers.launch(options);
        try {
            server.awaitServing(Duration.ofSeconds(30));
        } catch (AssertionError e) {
            assertThat(server.isAlive()).as(server.outputs()).isFalse();
            assertThat(server.stderr()).containsPattern("(?i)space|room|full").doesNotContain("\tat ");
            assertThat(server.exitCode(Duration.ofSeconds(1)))
                    .as(server.outputs())
                    .isEqualTo(74);
            System.out.println("DiskFullIT: a start on the full disk: " + server.stderr());
            return;
        }
        System.out.println("DiskFullIT: the server starts on the full disk, and reads answer");
        assertTotals(server);
        server.kill9();
    }

    private void assertTotals(ServerProcess server) throws IOException {
        Map<String, Long> totals = new HttpWire(server.httpPort()).list("fill/");
        assertThat(totals.values()).as("no counter counted twice").allMatch(value -> value == 1);
        Set<String> lost = new HashSet<>(acknowledged);
        lost.removeAll(totals.keySet());
        assertThat(lost.size())
                .as("acknowledged and lost, of %d", acknowledged.size())
                .isZero();
        Set<String> refusedAndCounted = new HashSet<>(totals.keySet());
        refusedAndCounted.removeAll(acknowledged);
        refusedAndCounted.removeAll(unanswered);
        assertThat(refusedAndCounted.size())
                .as("refused and counted all the same")
                .isZero();
    }
}
