package dev.odometer.systemtests.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import dev.odometer.systemtests.client.ByteWire;
import dev.odometer.systemtests.client.HttpWire;
import dev.odometer.systemtests.client.RedisWire;
import dev.odometer.systemtests.process.Seed;
import dev.odometer.systemtests.process.ServerOptions;
import dev.odometer.systemtests.process.ServerProcess;
import dev.odometer.systemtests.process.Servers;
import dev.odometer.systemtests.process.Waiting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Bad input against a running server: each line gets a clear error, no total changes, the server lives on. Clients
 * that are slow or never
 * read are opened first and judged last.
 */
@Timeout(120)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BadInputIT {
    private static final Map<String, Long> TOTALS = Map.of("witness", 7L, "full", Long.MAX_VALUE);
    private static final int PATIENCE_MILLIS = 10_000;
    // The server's own limits are 60 s.
    private static final Duration SLOW_CLIENTS_LIMIT = Duration.ofSeconds(75);
    private static final long MOST_RESIDENT_BYTES = 700L << 20;

    @RegisterExtension
    static final Servers SERVERS = Servers.ofClass();

    private static ServerProcess server;
    private static HttpWire http;
    private static ByteWire slowHeaders;
    private static SocketChannel neverReadsHttp;
    private static SocketChannel neverReadsRedis;

    @BeforeAll
    static void serve() throws IOException {
        server = SERVERS.start(ServerOptions.on(SERVERS.folder().resolve("data")));
        http = new HttpWire(server.httpPort());
        for (Map.Entry<String, Long> total : TOTALS.entrySet()) {
            http.write("PUT", HttpWire.counter(total.getKey()), "{\"value\":" + total.getValue() + "}", null)
                    .value();
        }
        slowHeaders = new ByteWire(server.httpPort());
        slowHeaders.send("POST /v1/counters/witness/add HTTP/1.1\r\nHos".getBytes(StandardCharsets.US_ASCII));
        neverReadsHttp = neverReading(server.httpPort(), "GET /v1/limits HTTP/1.1\r\nHost: x\r\n\r\n");
        neverReadsRedis = neverReading(server.redisPort(), "*2\r\n$7\r\nCOMMAND\r\n$4\r\nDOCS\r\n");
    }

    @AfterAll
    static void closeClients() throws IOException {
        slowHeaders.close();
        neverReadsHttp.close();
        neverReadsRedis.close();
    }

    static Stream<Row> table() {
        return Stream.concat(HttpRows.all().stream(), RedisRows.all().stream());
    }

    @Order(1)
    @ParameterizedTest(name = "{0}")
    @MethodSource("table")
    void isRefusedWithAClearError(Row row) throws IOException {
        boolean overHttp = row.door() == Row.Door.HTTP;
        try (ByteWire wire = new ByteWire(overHttp ? server.httpPort() : server.redisPort())) {
            wire.send(row.bytes());
            String answer = overHttp ? httpAnswer(wire) : wire.receiveUntil("\r\n", PATIENCE_MILLIS);
            assertThat(answer).startsWith(row.expected());
            assertThat(row.contained()).allSatisfy(part -> assertThat(answer).contains(part));
            if (overHttp) {
                assertThat(answer.toLowerCase(Locale.ROOT)).contains("content-type: application/problem+json");
                assertThat(answer).doesNotContain("<script>");
            }
            if (row.closed()) {
                wire.receive(PATIENCE_MILLIS);
                assertThat(wire.isClosedByServer())
                        .as("the connection is closed")
                        .isTrue();
            }
        }
    }

    @Order(2)
    @Test
    void noiseChangesNothing() throws IOException {
        Random random = new Random(Seed.next("BadInputIT"));
        for (int i = 0; i < 300; i++) {
            int port = i % 2 == 0 ? server.httpPort() : server.redisPort();
            byte[] noise = new byte[random.nextInt(2_000)];
            random.nextBytes(noise);
            if (noise.length > 0 && random.nextBoolean()) {
                noise[0] = (byte) "*$GP".charAt(random.nextInt(4));
            }
            try (ByteWire wire = new ByteWire(port)) {
                wire.send(noise);
                if (random.nextBoolean()) {
                    wire.receive(1);
                }
            }
        }
    }

    @Order(3)
    @Test
    void slowHeadersEndWithTheConnection() throws IOException {
        slowHeaders.receive((int) SLOW_CLIENTS_LIMIT.toMillis());
        assertThat(slowHeaders.isClosedByServer()).isTrue();
    }

    @Order(4)
    @Test
    void aClientThatNeverReadsIsCutOffAndTakesLittleMemory() {
        Waiting.until(
                "the Redis client that never reads is cut off", SLOW_CLIENTS_LIMIT, () -> isCutOff(neverReadsRedis));
        Waiting.until(
                "the HTTP client that never reads is cut off", SLOW_CLIENTS_LIMIT, () -> isCutOff(neverReadsHttp));
        assertThat(server.peakResidentBytes()).as("bytes of memory").isLessThan(MOST_RESIDENT_BYTES);
    }

    @AfterEach
    void totalsAreUnchangedAndTheServerIsAlive() throws IOException {
        assertThat(server.isAlive()).isTrue();
        assertThat(http.get("/healthz").status()).isEqualTo(200);
        assertThat(http.list("")).isEqualTo(TOTALS);
        try (RedisWire redis = new RedisWire(server.redisPort(), PATIENCE_MILLIS)) {
            assertThat(redis.call("PING")).isEqualTo("PONG");
            assertThat(redis.number("DBSIZE")).isEqualTo(TOTALS.size());
            assertThat(redis.call("GET", "witness")).isEqualTo("7");
        }
    }

    /** The head and the body of one answer. */
    private static String httpAnswer(ByteWire wire) throws IOException {
        String head = wire.receiveUntil("\r\n\r\n", PATIENCE_MILLIS);
        int length = head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
                .mapToInt(line ->
                        Integer.parseInt(line.substring(line.indexOf(':') + 1).strip()))
                .findFirst()
                .orElse(0);
        return head + wire.receiveBytes(length, PATIENCE_MILLIS);
    }

    /** Sends one request after the other until the server takes no more for two seconds, and reads nothing. */
    private static SocketChannel neverReading(int port, String request) throws IOException {
        SocketChannel channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.configureBlocking(false);
        byte[] many = request.repeat(1_000).getBytes(StandardCharsets.US_ASCII);
        ByteBuffer rest = ByteBuffer.wrap(many);
        long lastTaken = System.nanoTime();
        long sent = 0;
        while (System.nanoTime() - lastTaken < 2_000_000_000L) {
            int taken = channel.write(rest);
            sent += taken;
            if (taken > 0) {
                lastTaken = System.nanoTime();
            }
            if (!rest.hasRemaining()) {
                rest.rewind();
            }
            assertThat(sent)
                    .as("bytes that the server took from a client that does not read")
                    .isLessThan(256L << 20);
        }
        return channel;
    }

    private static boolean isCutOff(SocketChannel channel) {
        try {
            channel.write(ByteBuffer.wrap(new byte[] {'\n'}));
            return false;
        } catch (IOException e) {
            return true;
        }
    }
}
