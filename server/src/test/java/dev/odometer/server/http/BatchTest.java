package dev.odometer.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Batches: an answer for each operation, exactly once under an identity. */
class BatchTest {
    private static final String ADD_A = "{\"op\":\"add\",\"key\":\"a\",\"delta\":5}";

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
    void everyOperationHasItsAnswerInOrder() {
        HttpResponse<String> answer = batch(ADD_A + ",{\"key\":\"b\",\"value\":-7,\"op\":\"set\"},"
                + "{\"op\":\"get\",\"key\":\"a\"},{\"op\":\"delete\",\"key\":\"b\"},{\"op\":\"get\",\"key\":\"b\"},"
                + "{\"op\":\"add\",\"key\":\"a\",\"delta\":9223372036854775807}");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body())
                .isEqualTo("{\"answers\":[{\"key\":\"a\",\"status\":200,\"value\":5},"
                        + "{\"key\":\"b\",\"status\":200,\"value\":-7},{\"key\":\"a\",\"status\":200,\"value\":5},"
                        + "{\"key\":\"b\",\"status\":204},"
                        + "{\"key\":\"b\",\"status\":404,\"type\":\"/problems/counter-absent\","
                        + "\"title\":\"The counter does not exist\"},"
                        + "{\"key\":\"a\",\"status\":409,\"type\":\"/problems/overflow\","
                        + "\"title\":\"The sum would leave 64 bits\"}]}");
    }

    @Test
    void aThousandOperationsFitInABatch() {
        String thousand = IntStream.range(0, 1_000)
                .mapToObj(i -> "{\"op\":\"add\",\"key\":\"k" + i % 500 + "\",\"delta\":1}")
                .collect(Collectors.joining(","));
        HttpResponse<String> answer = batch(thousand);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("{\"key\":\"k0\",\"status\":200,\"value\":1}", "\"value\":2}]}");
    }

    @Test
    void aBatchUnderAKeyTakesEffectOnce() {
        String operations =
                ADD_A + ",{\"op\":\"add\",\"key\":\"b\",\"delta\":1},{\"op\":\"add\",\"key\":\"c\",\"delta\":1}";
        HttpResponse<String> first = batch(operations, "Idempotency-Key", "batch-1");
        HttpResponse<String> again = batch(operations, "Idempotency-Key", "batch-1");
        assertThat(first.headers().firstValue("idempotent-replayed")).isEmpty();
        assertThat(again.headers().firstValue("idempotent-replayed")).hasValue("true");
        assertThat(again.body().replace(",\"replayed\":true", "")).isEqualTo(first.body());
        assertThat(server.get("/v1/counters/a").body()).endsWith("\"value\":5}");
        assertThat(batch(ADD_A, "Idempotency-Key", "batch-1").statusCode()).isEqualTo(422);
    }

    @Test
    void aSessionCountsEachSequenceOnceAndSaysWhichItExpects() {
        assertThat(session(ADD_A, 1).statusCode()).isEqualTo(200);
        HttpResponse<String> again = session(ADD_A, 1);
        assertThat(again.headers().firstValue("idempotent-replayed")).hasValue("true");
        assertThat(again.body()).contains("\"value\":5");
        assertThat(session(ADD_A, 2).body()).contains("\"value\":10");
        for (int wrong : new int[] {1, 4, 100}) {
            HttpResponse<String> refused = session(ADD_A, wrong);
            assertThat(refused.statusCode()).isEqualTo(409);
            assertThat(refused.body()).contains("/problems/out-of-sequence", "\"expectedSequence\":3");
        }
        HttpResponse<String> other = session(ADD_A.replace("5", "6"), 2);
        assertThat(other.statusCode()).isEqualTo(422);
        assertThat(server.get("/v1/counters/a").body()).endsWith("\"value\":10}");
    }

    @Test
    void aBalancersRequestIdDoesNotDisturbASession() {
        String body = "{\"operations\":[" + ADD_A + "],\"session\":\"s\",\"sequence\":1}";
        assertThat(server.post("/v1/batch", body, "Odometer-Request-Id", "r-1").statusCode())
                .isEqualTo(200);
        assertThat(server.post("/v1/batch", body, "Odometer-Request-Id", "r-2")
                        .headers()
                        .firstValue("idempotent-replayed"))
                .hasValue("true");
    }

    @Test
    void aWriteWhoseCommitIsNeverAnsweredIsUnknownAndARetrySettlesIt() {
        CompletableFuture<HttpResponse<String>> lost = lostInCommit("/v1/counters/x/add", "");
        assertThat(lost.join().statusCode()).isEqualTo(503);
        assertThat(lost.join().body()).contains("/problems/outcome-unknown", "settles it");
        await().untilAsserted(
                        () -> assertThat(server.get("/readyz").statusCode()).isEqualTo(200));
        assertThat(server.post("/v1/counters/x/add", "", "Idempotency-Key", "lost")
                        .body())
                .isEqualTo("{\"key\":\"x\",\"value\":1}");
    }

    @Test
    void aBatchWhoseCommitIsNeverAnsweredIsUnknownAndARetryCompletesIt() {
        String body = "{\"operations\":[" + ADD_A + "]}";
        CompletableFuture<HttpResponse<String>> lost = lostInCommit("/v1/batch", body);
        assertThat(lost.join().statusCode()).isEqualTo(503);
        assertThat(lost.join().body()).contains("/problems/outcome-unknown", "completes it");
        await().untilAsserted(
                        () -> assertThat(server.get("/readyz").statusCode()).isEqualTo(200));
        assertThat(server.post("/v1/batch", body, "Idempotency-Key", "lost").body())
                .contains("\"value\":5");
    }

    private CompletableFuture<HttpResponse<String>> lostInCommit(String path, String body) {
        server.store.become(MemoryStore.Mood.HOLDS);
        CompletableFuture<HttpResponse<String>> lost =
                server.exchangeAsync("POST", path, body, "Idempotency-Key", "lost");
        await().until(() -> server.store.holds() > 0);
        server.environment.execute(() -> {
            for (int shard = 0; shard < server.store.shards(); shard++) {
                server.engine.drop(shard);
                CompletionStage<?> unused = server.engine.acquire(shard);
            }
            server.store.release();
        });
        return lost;
    }

    private HttpResponse<String> batch(String operations, String... headers) {
        return server.post("/v1/batch", "{\"operations\":[" + operations + "]}", headers);
    }

    private HttpResponse<String> session(String operations, int sequence) {
        return server.post(
                "/v1/batch", "{\"operations\":[" + operations + "],\"session\":\"s-1\",\"sequence\":" + sequence + "}");
    }
}
