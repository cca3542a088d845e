package dev.odometer.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One effect and one answer for each identity, whichever header carries it. */
class IdempotencyTest {
    private static final String KEY = "Idempotency-Key";
    private static final String REQUEST = "Odometer-Request-Id";

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
    void aRetryGetsTheFirstAnswerMarkedAsSuch() {
        for (String header : new String[] {KEY, REQUEST}) {
            HttpResponse<String> first = server.post("/v1/counters/x/add", "{\"delta\":5}", header, "\"k-1\"");
            assertThat(first.statusCode()).isEqualTo(200);
            assertThat(replayed(first)).isEmpty();
            server.post("/v1/counters/x/add", "");
            HttpResponse<String> again = server.post("/v1/counters/x/add", "{\"delta\":5}", header, "\"k-1\"");
            assertThat(again.statusCode()).isEqualTo(200);
            assertThat(again.body()).isEqualTo(first.body());
            assertThat(replayed(again)).hasValue("true");
        }
        assertThat(server.get("/v1/counters/x").body()).isEqualTo("{\"key\":\"x\",\"value\":12}");
    }

    @Test
    void quotedAndBareAreTheSameKey() {
        server.post("/v1/counters/x/add", "", KEY, "abc-1");
        assertThat(replayed(server.post("/v1/counters/x/add", "", KEY, "\"abc-1\"")))
                .hasValue("true");
        server.post("/v1/counters/x/add", "", KEY, "\"a\\\"b\\\\c\"");
        assertThat(replayed(server.post("/v1/counters/x/add", "", KEY, "  \"a\\\"b\\\\c\" ")))
                .hasValue("true");
        assertThat(server.get("/v1/counters/x").body()).isEqualTo("{\"key\":\"x\",\"value\":2}");
    }

    @Test
    void anEmptyBodyAndADeltaOfOneAreTheSamePayload() {
        server.post("/v1/counters/x/add", "", KEY, "one");
        assertThat(replayed(server.post("/v1/counters/x/add", "{ \"delta\" : 1 }", KEY, "one")))
                .hasValue("true");
    }

    @Test
    void theSameKeyWithAnotherPayloadOrCounterIsRefused() {
        server.post("/v1/counters/x/add", "{\"delta\":5}", KEY, "k");
        List<HttpResponse<String>> others = List.of(
                server.post("/v1/counters/x/add", "{\"delta\":6}", KEY, "k"),
                server.post("/v1/counters/y/add", "{\"delta\":5}", KEY, "k"),
                server.put("/v1/counters/x", "{\"value\":5}", KEY, "k"),
                server.delete("/v1/counters/x", KEY, "k"));
        for (HttpResponse<String> other : others) {
            assertThat(other.statusCode()).isEqualTo(422);
            assertThat(other.body()).contains("/problems/identity-reused");
            assertThat(replayed(other)).isEmpty();
        }
        for (int i = 0; i < 20; i++) { // whichever shard a counter lives in
            assertThat(server.post("/v1/counters/other-" + i + "/add", "{\"delta\":5}", KEY, "k")
                            .statusCode())
                    .isEqualTo(422);
        }
        assertThat(server.get("/v1/counters").body())
                .contains("\"key\":\"x\",\"value\":5")
                .doesNotContain("\"y\"");
    }

    @Test
    void setsAndDeletesAndRefusalsAreRepeatedToo() {
        server.put("/v1/counters/x", "{\"value\":9223372036854775807}", KEY, "set");
        HttpResponse<String> overflow = server.post("/v1/counters/x/add", "", KEY, "over");
        assertThat(overflow.statusCode()).isEqualTo(409);
        HttpResponse<String> deleted = server.delete("/v1/counters/x", KEY, "delete");
        assertThat(deleted.statusCode()).isEqualTo(204);
        HttpResponse<String> absent = server.delete("/v1/counters/x", KEY, "delete-again");
        assertThat(absent.statusCode()).isEqualTo(404);
        server.post("/v1/counters/x/add", "");

        HttpResponse<String> set = server.put("/v1/counters/x", "{\"value\":9223372036854775807}", KEY, "set");
        assertThat(set.body()).isEqualTo("{\"key\":\"x\",\"value\":9223372036854775807}");
        assertThat(replayed(set)).hasValue("true");
        HttpResponse<String> overflowAgain = server.post("/v1/counters/x/add", "", KEY, "over");
        assertThat(overflowAgain.statusCode()).isEqualTo(409);
        assertThat(overflowAgain.body()).isEqualTo(overflow.body());
        assertThat(replayed(overflowAgain)).hasValue("true");
        HttpResponse<String> deletedAgain = server.delete("/v1/counters/x", KEY, "delete");
        assertThat(deletedAgain.statusCode()).isEqualTo(204);
        assertThat(replayed(deletedAgain)).hasValue("true");
        HttpResponse<String> absentAgain = server.delete("/v1/counters/x", KEY, "delete-again");
        assertThat(absentAgain.statusCode()).isEqualTo(404);
        assertThat(replayed(absentAgain)).hasValue("true");
        assertThat(server.get("/v1/counters/x").body()).isEqualTo("{\"key\":\"x\",\"value\":1}");
    }

    @Test
    void theClientsOwnKeyCountsWhereABalancerAddsARequestId() {
        server.post("/v1/counters/x/add", "", KEY, "mine", REQUEST, "balancer-1");
        assertThat(replayed(server.post("/v1/counters/x/add", "", KEY, "mine", REQUEST, "balancer-2")))
                .hasValue("true");
        assertThat(replayed(server.post("/v1/counters/x/add", "", KEY, "mine-2", REQUEST, "balancer-1")))
                .isEmpty();
        assertThat(server.get("/v1/counters/x").body()).isEqualTo("{\"key\":\"x\",\"value\":2}");
    }

    @Test
    void aTimedKeyOutsideTheWindowIsRefusedAndOneInsideIsTaken() {
        long now = System.currentTimeMillis();
        assertThat(server.post("/v1/counters/x/add", "", KEY, version7(now)).statusCode())
                .isEqualTo(200);
        for (long outside : new long[] {now - 3_700_000, now + 3_600_000}) {
            HttpResponse<String> refused = server.post("/v1/counters/x/add", "", KEY, version7(outside));
            assertThat(refused.statusCode()).isEqualTo(422);
            assertThat(refused.body()).contains("/problems/identity-expired");
        }
        HttpResponse<String> request = server.post("/v1/counters/x/add", "", REQUEST, version7(now - 70_000));
        assertThat(request.statusCode()).isEqualTo(422);
        assertThat(server.get("/v1/counters/x").body()).isEqualTo("{\"key\":\"x\",\"value\":1}");
    }

    @Test
    void concurrentTwinsHaveOneEffectAndTheSameAnswer() {
        server.store.become(MemoryStore.Mood.HOLDS);
        List<CompletableFuture<HttpResponse<String>>> twins = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            twins.add(server.exchangeAsync("POST", "/v1/counters/x/add", "{\"delta\":5}", KEY, "twin"));
        }
        await().until(() -> server.store.holds() > 0);
        assertThat(twins).noneMatch(CompletableFuture::isDone);
        server.environment.execute(server.store::release);
        for (CompletableFuture<HttpResponse<String>> twin : twins) {
            assertThat(twin.join().body()).isEqualTo("{\"key\":\"x\",\"value\":5}");
        }
        assertThat(twins.stream().filter(twin -> replayed(twin.join()).isEmpty()))
                .hasSize(1);
    }

    private static Optional<String> replayed(HttpResponse<String> response) {
        return response.headers().firstValue("idempotent-replayed");
    }

    private static String version7(long millis) {
        return new UUID(millis << 16 | 0x7ABC, 0x8000_0000_0000_0000L | millis).toString();
    }
}
