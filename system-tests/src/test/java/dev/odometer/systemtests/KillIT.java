package dev.odometer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.odometer.systemtests.client.HttpWire;
import dev.odometer.systemtests.client.RedisWire;
import dev.odometer.systemtests.load.Oracle;
import dev.odometer.systemtests.load.Target;
import dev.odometer.systemtests.load.Workload;
import dev.odometer.systemtests.process.Seed;
import dev.odometer.systemtests.process.ServerOptions;
import dev.odometer.systemtests.process.ServerProcess;
import dev.odometer.systemtests.process.Servers;
import dev.odometer.systemtests.process.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A server that is killed with SIGKILL again and again while every kind of client counts on it. */
class KillIT {
    private static final int KILLS = 24;
    private static final int SAMPLE = 300;

    @RegisterExtension
    final Servers servers = Servers.ofTest();

    @Test
    @Timeout(400)
    void totalsAreExactAfterKillsAtRandomMoments() throws Exception {
        long seed = Seed.next("KillIT");
        Random random = new Random(seed);
        ServerOptions options =
                ServerOptions.on(servers.folder().resolve("data")).onPorts(servers.port(), servers.port());
        Target target = new Target(options.httpPort(), options.redisPort(), Duration.ofSeconds(5));
        Oracle oracle = new Oracle();
        ServerProcess server = servers.start(options);
        try (Workload load = Workload.start("kill", target, oracle, seed)) {
            for (int kill = 1; kill <= KILLS; kill++) {
                load.awaitAnswers(100 + random.nextInt(2_000), Duration.ofSeconds(30));
                Waiting.pause(random.nextInt(200));
                server.kill9();
                if (kill % 6 == 0) {
                    // Killed again while it recovers.
                    server = servers.launch(options);
                    Waiting.pause(random.nextInt(700));
                    server.kill9();
                }
                server = servers.start(options);
            }
            load.finish(Duration.ofSeconds(30));
        }
        System.out.println("KillIT: " + oracle.answeredCount() + " operations answered, " + oracle.retriedCount()
                + " requests sent again, " + KILLS + " kills");
        oracle.assertNoComplaints();
        oracle.assertTotals(server.httpPort(), server.redisPort());

        keysUsedBeforeGetTheirFirstAnswers(server, oracle, random);
        oracle.assertTotals(server.httpPort(), server.redisPort());

        server.kill9();
        server = servers.start(options);
        oracle.assertTotals(server.httpPort(), server.redisPort());
        keysUsedBeforeGetTheirFirstAnswers(server, oracle, random);
    }

    private static void keysUsedBeforeGetTheirFirstAnswers(ServerProcess server, Oracle oracle, Random random)
            throws IOException {
        List<Map.Entry<String, Oracle.First>> sample =
                new ArrayList<>(oracle.firstAnswers().entrySet());
        Collections.shuffle(sample, random);
        HttpWire http = new HttpWire(server.httpPort());
        try (RedisWire redis = new RedisWire(server.redisPort(), 15_000)) {
            for (Map.Entry<String, Oracle.First> entry : sample.subList(0, Math.min(SAMPLE, sample.size()))) {
                Oracle.First first = entry.getValue();
                HttpWire.Answer answer = http.add(first.counter(), first.delta(), entry.getKey());
                assertThat(answer.value()).as(entry.getKey()).isEqualTo(first.value());
                assertThat(answer.replayed()).as(entry.getKey()).isTrue();
                String delta = String.valueOf(first.delta());
                assertThat(redis.number("ODOMETER.ADD", first.counter(), delta, "ID", entry.getKey()))
                        .as(entry.getKey())
                        .isEqualTo(first.value());
                HttpWire.Answer other = http.add(first.counter(), first.delta() + 1, entry.getKey());
                assertThat(other.status())
                        .as("another payload under " + entry.getKey())
                        .isEqualTo(422);
            }
        }
    }
}
