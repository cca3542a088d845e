package dev.odometer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.odometer.systemtests.client.ByteWire;
import dev.odometer.systemtests.client.HttpWire;
import dev.odometer.systemtests.load.Oracle;
import dev.odometer.systemtests.load.Target;
import dev.odometer.systemtests.load.Workload;
import dev.odometer.systemtests.process.Commands;
import dev.odometer.systemtests.process.Seed;
import dev.odometer.systemtests.process.ServerOptions;
import dev.odometer.systemtests.process.ServerProcess;
import dev.odometer.systemtests.process.Servers;
import dev.odometer.systemtests.process.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** SIGTERM: what was accepted is answered, within 10 s. */
class GracefulStopIT {
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

    @RegisterExtension
    final Servers servers = Servers.ofTest();

    @Test
    @Timeout(120)
    void whatWasCountedWasAnsweredAndTheNextStartFindsItAll() throws Exception {
        long seed = Seed.next("GracefulStopIT");
        Random random = new Random(seed);
        ServerOptions options =
                ServerOptions.on(servers.folder().resolve("data")).onPorts(servers.port(), servers.port());
        Target target = new Target(options.httpPort(), options.redisPort(), Duration.ofSeconds(5));
        Oracle oracle = new Oracle();
        ServerProcess server = servers.start(options);
        try (Workload load = Workload.start("stop", target, oracle, seed)) {
            for (int stop = 1; stop <= 5; stop++) {
                load.awaitAnswers(500 + random.nextInt(2_000), Duration.ofSeconds(30));
                server.terminate();
                assertThat(server.exitCode(STOP_LIMIT)).as(server.outputs()).isZero();
                assertThat(server.stderr()).contains("everything accepted was answered");
                // Where the clients do not find it, so that what they have been answered stands still.
                server = servers.start(options.onPorts(0, 0));
                assertThat(server.stderr())
                        .as("a start after a clean stop has nothing to repair")
                        .isEmpty();
                oracle.assertOnlyAnsweredCounted(server.httpPort());
                server.kill9();
                server = servers.start(options);
            }
            load.finish(Duration.ofSeconds(30));
        }
        oracle.assertNoComplaints();
        oracle.assertTotals(server.httpPort(), server.redisPort());
    }

    @Test
    @Timeout(120)
    void clientsThatSayNothingDoNotHoldItUp() throws Exception {
        ServerProcess server = servers.start(ServerOptions.on(servers.folder().resolve("data")));
        try (ByteWire silentHttp = new ByteWire(server.httpPort());
                ByteWire halfHttp = new ByteWire(server.httpPort());
                ByteWire silentRedis = new ByteWire(server.redisPort());
                ByteWire halfRedis = new ByteWire(server.redisPort())) {
            halfHttp.send("POST /v1/counters/a/add HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n{\"del"
                    .getBytes(StandardCharsets.US_ASCII));
            halfRedis.send("*2\r\n$4\r\nINCR\r\n$10\r\nabc".getBytes(StandardCharsets.US_ASCII));
            assertThat(List.of(silentHttp, silentRedis))
                    .noneMatch(wire -> wire.socket().isClosed());
            new HttpWire(server.httpPort()).add("a", 1, null);
            server.terminate();
            assertThat(server.exitCode(STOP_LIMIT)).as(server.outputs()).isZero();
        }
    }

    @Test
    @Timeout(120)
    void aStoppingServerTakesNothingNew() throws IOException {
        ServerProcess server = servers.start(ServerOptions.on(servers.folder().resolve("data")));
        new HttpWire(server.httpPort()).add("a", 1, null);
        int port = server.httpPort();
        server.terminate();
        Waiting.until("nobody listens", STOP_LIMIT, () -> !connects(port));
        assertThat(server.exitCode(STOP_LIMIT)).isZero();
    }

    @Test
    @Timeout(120)
    void aDrainIsAStopThatServesOnUntilBalancersHaveNoticed() throws IOException {
        ServerProcess server =
                servers.start(ServerOptions.on(servers.folder().resolve("data")).with("--drain-delay", "2s"));
        HttpWire http = new HttpWire(server.httpPort());

        CompletableFuture<Commands.Result> drained = CompletableFuture.supplyAsync(
                () -> Commands.odometer("node", "drain", "--url", "http://127.0.0.1:" + server.httpPort()));
        Waiting.until("not ready", STOP_LIMIT, () -> !isReady(http));
        assertThat(http.add("a", 1, null).status()).isEqualTo(200);

        assertThat(drained.join().orFail().out()).startsWith("drained odometer in ");
        assertThat(server.exitCode(STOP_LIMIT)).as(server.outputs()).isZero();
    }

    private static boolean isReady(HttpWire http) {
        try {
            return http.get("/readyz").status() == 200;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean connects(int port) {
        try (ByteWire wire = new ByteWire(port)) {
            return wire.socket().isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
