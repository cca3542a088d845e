package dev.odometer.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.odometer.engine.EngineConfig;
import dev.odometer.engine.store.Store;
import dev.odometer.store.rocksdb.RocksStore;
import dev.odometer.store.rocksdb.RocksStoreConfig;
import dev.odometer.store.rocksdb.StoreEnvironment;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OdometerServerTest {
    @TempDir
    private Path dir;

    // Not HTTP/2: up to Java 23 its client drops answers on their way when a server says that it will close.
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private Store store() {
        return RocksStore.open(RocksStoreConfig.defaults(dir), StoreEnvironment.standard(OdometerServerTest::fatal));
    }

    private static void fatal(String message, Throwable cause) {
        throw new AssertionError(message, cause);
    }

    private OdometerServer start() {
        return OdometerServer.start(store(), ServerConfig.local(), OdometerServerTest::fatal);
    }

    private static ServerConfig onPorts(int http, int redis) {
        return new ServerConfig(
                "test", "127.0.0.1", http, redis, false, null, Duration.ZERO, EngineConfig.defaults("test"));
    }

    private int send(OdometerServer server, String method, String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + server.httpAddress().getPort() + path);
        HttpRequest request = HttpRequest.newBuilder(uri)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .timeout(Duration.ofSeconds(20))
                .build();
        return http.send(request, BodyHandlers.discarding()).statusCode();
    }

    private static Socket redis(OdometerServer server) throws IOException {
        return new Socket(
                InetAddress.getLoopbackAddress(), server.redisAddress().getPort());
    }

    /**
     * Sends a command without arguments that have spaces, and returns the first line of the reply; null where there
     * is none.
     */
    private static String command(Socket socket, String command) throws IOException {
        socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII)).readLine();
    }

    @Test
    void bothDoorsCountOnTheSameCounters() throws Exception {
        try (OdometerServer server = start();
                Socket redis = redis(server)) {
            assertThat(server.restoredCounters()).isZero();
            assertThat(send(server, "POST", "/v1/counters/a/add")).isEqualTo(200);
            assertThat(command(redis, "INCR a")).isEqualTo(":2");
            assertThat(send(server, "GET", "/readyz")).isEqualTo(200);
        }
        try (OdometerServer again = start();
                Socket redis = redis(again)) {
            assertThat(again.restoredCounters()).isEqualTo(1);
            assertThat(command(redis, "INCR a")).isEqualTo(":3");
        }
    }

    @Test
    void aStopUnderLoadLosesNothingAndLeavesNothingInDoubt() throws Exception {
        OdometerServer server = start();
        AtomicBoolean going = new AtomicBoolean(true);
        AtomicLong byHttp = new AtomicLong();
        AtomicLong byRedis = new AtomicLong();
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            clients.add(new Thread(() -> addByHttp(server, going, byHttp)));
            clients.add(new Thread(() -> addByRedis(server, going, byRedis)));
        }
        clients.forEach(Thread::start);
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> byHttp.get() > 100 && byRedis.get() > 100);

        StopReport report = server.stop();
        going.set(false);
        for (Thread client : clients) {
            client.join();
        }

        assertThat(report.isClean()).isTrue();
        assertThat(server.stop()).isSameAs(report);
        try (OdometerServer again = start();
                Socket redis = redis(again)) {
            assertThat(command(redis, "INCRBY http 0")).isEqualTo(":" + byHttp);
            assertThat(command(redis, "INCRBY redis 0")).isEqualTo(":" + byRedis);
        }
    }

    private void addByHttp(OdometerServer server, AtomicBoolean going, AtomicLong acknowledged) {
        while (going.get()) {
            try {
                if (send(server, "POST", "/v1/counters/http/add") == 200) {
                    acknowledged.incrementAndGet();
                }
            } catch (IOException e) {
                return; // the server has closed its door
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private static void addByRedis(OdometerServer server, AtomicBoolean going, AtomicLong acknowledged) {
        try (Socket socket = redis(server)) {
            while (going.get()) {
                String reply = command(socket, "INCR redis");
                if (reply == null) {
                    return;
                }
                if (reply.startsWith(":")) {
                    acknowledged.incrementAndGet();
                }
            }
        } catch (IOException e) {
            return; // closed by the server
        }
    }

    @Test
    void aStartThatCannotListenSaysWhereAndLetsGoOfTheStore() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();

            assertThatThrownBy(() -> OdometerServer.start(store(), onPorts(port, 0), OdometerServerTest::fatal))
                    .hasMessageContaining("HTTP", "127.0.0.1:" + port)
                    .asInstanceOf(InstanceOfAssertFactories.type(StartException.class))
                    .extracting(StartException::door)
                    .isEqualTo(StartException.Door.HTTP);
            assertThatThrownBy(() -> OdometerServer.start(store(), onPorts(0, port), OdometerServerTest::fatal))
                    .hasMessageContaining("Redis", "127.0.0.1:" + port)
                    .asInstanceOf(InstanceOfAssertFactories.type(StartException.class))
                    .extracting(StartException::door)
                    .isEqualTo(StartException.Door.REDIS);
        }
        start().close();
    }

    @Test
    void anUnknownAddressIsRefusedAndLetsGoOfTheStore() {
        ServerConfig config = new ServerConfig(
                "test", "no.such.host.invalid", 0, 0, false, null, Duration.ZERO, EngineConfig.defaults("test"));

        assertThatThrownBy(() -> OdometerServer.start(store(), config, OdometerServerTest::fatal))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("no.such.host.invalid");
        start().close();
    }

    @Test
    void aWrongConfigurationIsReportedInOne() {
        assertThatThrownBy(() -> new ServerConfig(
                        "test", " ", -1, 70_000, false, "", Duration.ofSeconds(-1), EngineConfig.defaults("test")))
                .hasMessageContaining("bind", "httpPort is -1", "redisPort is 70000", "redisPassword is empty");
    }
}
