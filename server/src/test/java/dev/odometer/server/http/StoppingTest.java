package dev.odometer.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.odometer.engine.EngineConfig;
import dev.odometer.server.metrics.ServerMeters;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How the server becomes unready, and how it stops. */
class StoppingTest {
    private HttpHarness server;

    @BeforeEach
    void start() {
        server = new HttpHarness();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aDrainingServerIsNotReadyButServes() {
        assertThat(server.get("/readyz").body()).isEqualTo("{\"status\":\"ready\",\"shards\":4}");
        server.api.startDraining();
        HttpResponse<String> ready = server.get("/readyz");
        assertThat(ready.statusCode()).isEqualTo(503);
        assertThat(ready.headers().firstValue("retry-after")).hasValue("1");
        assertThat(ready.body()).contains("/problems/not-ready");
        assertThat(server.get("/healthz").statusCode()).isEqualTo(200);
        assertThat(server.post("/v1/counters/x/add", "").statusCode()).isEqualTo(200);
    }

    @Test
    void aDrainingServerEndsEachConnectionWithAnAnswerSoThatNoneIsClosedUnderARequest() throws Exception {
        try (RawHttp connection = server.connect()) {
            String add = "POST /v1/counters/x/add HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n";
            connection.send(add);
            assertThat(connection.receive().header("connection")).isNotEqualTo("close");
            server.api.startDraining();
            connection.send(add);
            RawHttp.Response last = connection.receive();
            assertThat(last.body()).isEqualTo("{\"key\":\"x\",\"value\":2}");
            assertThat(last.header("connection")).isEqualTo("close");
            assertThat(connection.isClosedByServer()).isTrue();
        }
    }

    @Test
    void aServerThatLostAShardIsNotReady() {
        CompletableFuture<Void> dropped = new CompletableFuture<>();
        server.environment.execute(() -> {
            server.engine.drop(1);
            dropped.complete(null);
        });
        dropped.join();
        HttpResponse<String> ready = server.get("/readyz");
        assertThat(ready.statusCode()).isEqualTo(503);
        assertThat(ready.body()).contains("3 of 4 shards");
    }

    @Test
    void aStoppingServerAnswersWhatItAcceptedAndTakesNothingMore() throws Exception {
        String add = "POST /v1/counters/x/add HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n";
        try (RawHttp idle = server.connect();
                RawHttp busy = server.connect()) {
            idle.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(idle.receive().status()).isEqualTo(200);
            server.store.become(MemoryStore.Mood.HOLDS);
            busy.send(add);
            await().until(() -> server.store.holds() > 0);

            CompletionStage<Void> stopped = server.api.stop();
            await().untilAsserted(
                            () -> assertThatThrownBy(server::connect).hasRootCauseInstanceOf(ConnectException.class));
            assertThat(idle.isClosedByServer()).isTrue();
            busy.send(add);
            server.environment.execute(server.store::release);

            assertThat(busy.receive().body()).isEqualTo("{\"key\":\"x\",\"value\":1}");
            RawHttp.Response refused = busy.receive();
            if (refused != null) { // else the connection was closed before it arrived
                assertThat(refused.status()).isEqualTo(503);
                assertThat(refused.body()).contains("/problems/stopping");
                assertThat(refused.header("connection")).isEqualTo("close");
            }
            stopped.toCompletableFuture().join();
        }
    }

    @Test
    void aDrainedEngineAnswersThatTheServerIsStopping() {
        CompletableFuture<Void> drained = new CompletableFuture<>();
        server.environment.execute(() -> server.engine.drain().thenRun(() -> drained.complete(null)));
        drained.join();
        HttpResponse<String> answer = server.post("/v1/counters/x/add", "");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("/problems/stopping", "nothing was changed");
        assertThat(answer.headers().firstValue("connection")).hasValue("close");
    }

    @Test
    void aPortInUseIsSaidSoWithTheRemedy() {
        HttpConfig taken = HttpConfig.defaults("127.0.0.1", server.port);
        HttpApi second = new HttpApi(
                taken,
                server.engine,
                EngineConfig.defaults("test"),
                server.environment,
                new ServerMeters("test"),
                HttpHarness.alone(server.engine),
                "test");
        assertThatThrownBy(second::start)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("127.0.0.1:" + server.port)
                .hasMessageContaining("choose another");
        second.close();
    }
}
