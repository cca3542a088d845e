package dev.odometer.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.odometer.cli.Harness;
import dev.odometer.cli.Harness.Result;
import dev.odometer.cli.console.ExitCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How commands deal with a server that fails: the answers here are scripted. */
class RemoteTest {
    private final Harness harness = new Harness();
    private final Deque<Script> scripts = new ArrayDeque<>();
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    private final List<String> identities = Collections.synchronizedList(new ArrayList<>());
    private HttpServer server;

    private interface Script {
        void answer(HttpExchange exchange) throws IOException;
    }

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            requests.add(
                    exchange.getRequestMethod() + " " + exchange.getRequestURI().toASCIIString());
            String identity = exchange.getRequestHeaders().getFirst("Idempotency-Key");
            if (identity != null) {
                identities.add(identity);
            }
            scripts.pop().answer(exchange);
        });
        server.start();
        harness.variable(
                "ODOMETER_URL", "http://127.0.0.1:" + server.getAddress().getPort());
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void next(int status, String body, String... header) {
        scripts.add(exchange -> {
            exchange.getRequestBody().readAllBytes();
            if (header.length > 0) {
                exchange.getResponseHeaders().add(header[0], header[1]);
            }
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
    }

    private void nextBreaksOff() {
        scripts.add(exchange -> {
            exchange.sendResponseHeaders(200, 100);
            exchange.getResponseBody().write('{');
            exchange.close();
        });
    }

    @Test
    void anAddIsSentAgainUnderTheSameKeyUntilItIsAnswered() {
        nextBreaksOff();
        next(503, "{\"title\":\"busy\"}");
        next(429, "{\"title\":\"full\"}");
        next(200, "{\"key\":\"orders\",\"value\":42}");
        Result result = harness.run("add", "orders", "5");

        assertThat(result).isEqualTo(new Result(0, "42" + System.lineSeparator(), ""));
        assertThat(requests).hasSize(4).containsOnly("POST /v1/counters/orders/add");
        assertThat(new HashSet<>(identities)).hasSize(1);
        assertThat(identities.get(0))
                .matches("\"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\"");
    }

    @Test
    void retriesWaitLongerAndLongerAndComeToAnEnd() {
        for (int i = 0; i < 100; i++) {
            next(503, "{\"title\":\"The server is stopping\",\"detail\":\"Nothing was changed.\"}");
        }
        Result result = harness.run("add", "orders");

        assertThat(result.exitCode()).isEqualTo(ExitCode.TRY_AGAIN);
        assertThat(result.err()).contains("(503)", "Nothing was changed.");
        assertThat(harness.pauses().stream().mapToLong(Long::longValue).sum()).isBetween(5_000L, 10_000L);
        assertThat(harness.pauses()).hasSizeBetween(8, 40);
    }

    @Test
    void theServersRetryAfterIsHeeded() {
        next(429, "{\"title\":\"full\"}", "Retry-After", "5");
        next(200, "{\"key\":\"a\",\"value\":1}");

        assertThat(harness.run("add", "a").exitCode()).isZero();
        assertThat(harness.pauses()).containsExactly(5_000L);
    }

    @Test
    void aRefusalIsNotRepeated() {
        next(
                409,
                "{\"type\":\"/problems/overflow\",\"title\":\"Overflow\",\"detail\":\"The sum would leave 64 bits.\"}");
        Result result = harness.run("add", "orders");

        assertThat(result.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(result.err()).contains("The sum would leave 64 bits.");
        assertThat(requests).hasSize(1);
    }

    @Test
    void aFaultOfTheServerIsNoRefusal() {
        next(500, "{\"title\":\"The server failed\"}");

        assertThat(harness.run("get", "a").exitCode()).isEqualTo(ExitCode.INTERNAL);
    }

    @Test
    void aServerOfAnotherKindIsRecognised() {
        next(404, "{\"message\":\"no route\"}");
        next(200, "<html>");

        assertThat(harness.run("get", "a").exitCode()).isEqualTo(ExitCode.REFUSED);
        Result html = harness.run("get", "a");
        assertThat(html.exitCode()).isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(html.err()).contains("this is no Odometer server");
    }

    @Test
    void aLostAnswerLeavesTheKeyForAnotherTry() {
        for (int i = 0; i < 100; i++) {
            nextBreaksOff();
        }
        Result result = harness.run("add", "orders", "--idempotency-key", "mine");

        assertThat(result.exitCode()).isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(result.err()).contains("not known", "--idempotency-key mine");
        assertThat(identities).containsOnly("\"mine\"");
    }

    @Test
    void theAdviceWhereAnAnswerIsLostIsWhatTheCommandCanDo() {
        for (int i = 0; i < 300; i++) {
            nextBreaksOff();
        }
        harness.input("{\"key\":\"a\",\"value\":1}\n");
        Result add = harness.run("import", "-", "--unsealed", "--mode", "add");
        assertThat(add.err())
                .contains("not known", "the same command goes on from there")
                .doesNotContain("--idempotency-key");
        assertThat(harness.run("set", "a", "1").err())
                .contains("not known", "the same command sets it again")
                .doesNotContain("--idempotency-key");
    }

    @Test
    void whereNobodyListensItIsSaidSoon() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Result result = harness.run("add", "orders", "--url", "http://127.0.0.1:" + port);

        assertThat(result.exitCode()).isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(result.err()).contains("no server answers at http://127.0.0.1:" + port, "odometer serve");
        assertThat(harness.pauses().stream().mapToLong(Long::longValue).sum()).isLessThan(2_000);
    }

    @Test
    void withJsonAFailureIsJsonToo() {
        next(409, "{\"title\":\"Overflow\",\"detail\":\"Too much.\"}");

        assertThat(harness.run("add", "a", "--json").err())
                .contains("{\"error\":\"the server refused (409): Too much.\",\"exitCode\":1}");
    }

    @Test
    void keysAreEncodedInPaths() {
        next(200, "{\"key\":\"x\",\"value\":1}");
        harness.run("get", "a/b c?d=é&%");

        assertThat(requests).containsExactly("GET /v1/counters/a%2Fb%20c%3Fd%3D%C3%A9%26%25");
    }
}
