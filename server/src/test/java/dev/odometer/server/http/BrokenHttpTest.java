package dev.odometer.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.odometer.engine.EngineConfig;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Broken, oversized and slow HTTP: refused within its bounds, with nothing changed and the server alive. */
class BrokenHttpTest {
    private static final String ADD = "POST /v1/counters/witness/add HTTP/1.1\r\nHost: x\r\n";

    private HttpHarness server;

    @BeforeEach
    void start() {
        server = new HttpHarness(
                HttpConfig.defaults("127.0.0.1", 0)
                        .withTimeouts(Duration.ofMillis(500), Duration.ofMillis(1_000), Duration.ofSeconds(2)),
                EngineConfig.defaults("test"));
        server.put("/v1/counters/witness", "{\"value\":7}");
    }

    @AfterEach
    void theTotalIsAsItWasAndTheServerIsAlive() {
        assertThat(server.get("/v1/counters/witness").body()).isEqualTo("{\"key\":\"witness\",\"value\":7}");
        server.close();
    }

    @Test
    void contentLengthTogetherWithTransferEncodingIsRefusedAndTheConnectionClosed() throws Exception {
        closedAfter(
                ADD + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + ADD + "\r\n",
                400,
                "invalid-request");
        closedAfter(ADD + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400, "invalid-request");
    }

    @Test
    void contradictoryFramingIsRefusedAndTheConnectionClosed() throws Exception {
        closedAfter(ADD + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400, "invalid-request");
        closedAfter(ADD + "Content-Length: -1\r\n\r\n", 400, "invalid-request");
        closedAfter(ADD + "Content-Length: 1x\r\n\r\n", 400, "invalid-request");
        closedAfter(ADD + "Content-Length: 99999999999999999999\r\n\r\n", 400, "invalid-request");
        closedAfter(ADD + "Transfer-Encoding: gzip, chunked, x\r\n\r\n", 400, "invalid-request");
        closedAfter(ADD + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400, "invalid-request");
        closedAfter(ADD + "Bad Header: x\r\n\r\n", 400, "invalid-request");
        closedAfter(ADD + "Folded: a\r\n b\r\n\u0000: x\r\n\r\n", 400, "invalid-request");
    }

    @Test
    void bodiesOverOneMebibyteAreRefused() throws Exception {
        int tooLong = (1 << 20) + 1;
        String json = "Content-Type: application/json\r\n";
        closedAfter(
                ADD + json + "Content-Length: " + tooLong + "\r\n\r\n" + "x".repeat(tooLong), 413, "body-too-large");
        String chunk = "10000\r\n" + "x".repeat(0x10000) + "\r\n";
        closedAfter(ADD + json + "Transfer-Encoding: chunked\r\n\r\n" + chunk.repeat(17), 413, "body-too-large");
    }

    @Test
    void oversizedHeadsAreRefused() throws Exception {
        closedAfter("GET /" + "x".repeat(9_000) + " HTTP/1.1\r\nHost: x\r\n\r\n", 414, "uri-too-long");
        closedAfter(ADD + "X: " + "x".repeat(17_000) + "\r\n\r\n", 431, "headers-too-large");
        closedAfter(ADD + "X: y\r\n".repeat(5_000) + "\r\n", 431, "headers-too-large");
    }

    @Test
    void nonsenseIsRefusedAndTheConnectionClosed() throws Exception {
        closedAfter("nonsense\r\n\r\n", 400, "invalid-request");
        closedAfter("GET /healthz\r\n\r\n", 400, "invalid-request");
        closedAfter(ADD.replace("POST", "CONNECT") + "\r\n", 405, "method-not-allowed");
        closedAfter(ADD.replace("POST", "BREW") + "\r\n", 405, "method-not-allowed");
        closedAfter(ADD + "Expect: miracles\r\n\r\n", 417, "expectation-failed");
        closedAfter("GET healthz HTTP/1.1\r\nHost: x\r\n\r\n", 400, "invalid-request");
        closedAfter(
                "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003\r\n\r\n", 400, "invalid-request");
    }

    @Test
    void garbageAfterARequestDoesNotReachIt() throws Exception {
        try (RawHttp raw = server.connect()) {
            raw.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n\u0001\u0002garbage\r\n\r\n");
            assertThat(raw.receive().status()).isEqualTo(200);
            RawHttp.Response second = raw.receive();
            assertThat(second).isNotNull();
            assertThat(second.status()).isEqualTo(400);
            assertThat(raw.isClosedByServer()).isTrue();
        }
    }

    @Test
    void slowHeadersEndWithTheConnection() throws Exception {
        try (RawHttp raw = server.connect()) {
            raw.send("POST /v1/counters/witness/add HTTP/1.1\r\nHos");
            assertThat(raw.isClosedByServer()).isTrue();
        }
    }

    @Test
    void headersThatTrickleEndWithTheConnectionToo() throws Exception {
        try (RawHttp raw = server.connect()) {
            raw.send("POST /v1/counters/witness/add HTTP/1.1\r\n");
            long sent = 0;
            try {
                while (sent < 1_000_000) {
                    raw.send("X: y\r\n");
                    sent++;
                    Thread.onSpinWait();
                }
            } catch (SocketException closed) {
                sent = -1;
            }
            assertThat(sent).as("the connection was closed at some time").isEqualTo(-1);
        }
    }

    @Test
    void anIdleConnectionIsClosed() throws Exception {
        try (RawHttp silent = server.connect();
                RawHttp used = server.connect()) {
            used.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(used.receive().status()).isEqualTo(200);
            assertThat(used.isClosedByServer()).isTrue();
            assertThat(silent.isClosedByServer()).isTrue();
        }
    }

    @Test
    void aSlowBodyTimesOut() throws Exception {
        try (RawHttp raw = server.connect()) {
            raw.send(ADD + "Content-Type: application/json\r\nContent-Length: 11\r\n\r\n{\"delta\"");
            RawHttp.Response response = raw.receive();
            assertThat(response).isNotNull();
            assertThat(response.status()).isEqualTo(408);
            assertThat(response.body()).contains("/problems/request-timeout");
            assertThat(raw.isClosedByServer()).isTrue();
        }
    }

    @Test
    void aBodyThatBreaksOffCountsNothing() throws Exception {
        try (RawHttp raw = server.connect()) {
            raw.send(ADD + "Content-Type: application/json\r\nContent-Length: 11\r\n\r\n{\"delta\":5");
        }
        assertThat(server.get("/healthz").statusCode()).isEqualTo(200);
    }

    @Test
    void aClientThatNeverReadsIsNotReadFromForever() throws Exception {
        byte[] pipelined =
                "GET /v1/openapi.yaml HTTP/1.1\r\nHost: x\r\n\r\n".repeat(1_000).getBytes(StandardCharsets.US_ASCII);
        try (RawHttp raw = server.connect()) {
            long sent = 0;
            boolean stopped = false;
            while (!stopped && sent < 64L << 20) {
                stopped = !raw.trySend(pipelined, Duration.ofSeconds(1));
                sent += pipelined.length;
            }
            assertThat(stopped).as("the server stopped reading").isTrue();
            await().untilAsserted(() -> assertThat(openConnections()).isEqualTo(1));
        }
    }

    private double openConnections() {
        server.get("/healthz");
        return server.meters.registry().get("odometer.http.connections").gauge().value();
    }

    private void closedAfter(String request, int status, String problem) throws IOException {
        try (RawHttp raw = server.connect()) {
            try {
                raw.send(request);
            } catch (SocketException e) {
                // The server may close while we send; what it said is there to read.
            }
            RawHttp.Response response = raw.receive();
            String shown = request.substring(0, Math.min(120, request.length()));
            assertThat(response).as(shown).isNotNull();
            assertThat(response.status()).as(shown + "\n" + response.body()).isEqualTo(status);
            assertThat(response.header("content-type")).isEqualTo("application/problem+json");
            assertThat(response.body()).contains("/problems/" + problem);
            assertThat(raw.isClosedByServer()).as(shown).isTrue();
        }
    }
}
