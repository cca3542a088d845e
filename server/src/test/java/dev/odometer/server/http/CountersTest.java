package dev.odometer.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the routes for counters do when they are used as they should be. */
class CountersTest {
    private static HttpHarness server;

    @BeforeAll
    static void start() {
        server = new HttpHarness();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void anAddAnswersTheValueAfterIt() {
        assertThat(server.post("/v1/counters/orders/add", "{\"delta\":5}").body())
                .isEqualTo("{\"key\":\"orders\",\"value\":5}");
        HttpResponse<String> second = server.post("/v1/counters/orders/add", "{\"delta\": -7}");
        assertThat(second.statusCode()).isEqualTo(200);
        assertThat(second.body()).isEqualTo("{\"key\":\"orders\",\"value\":-2}");
        assertThat(second.headers().firstValue("content-type")).hasValue("application/json");
        assertThat(second.headers().firstValue("x-content-type-options")).hasValue("nosniff");
        assertThat(second.headers().firstValue("cache-control")).hasValue("no-store");
    }

    @Test
    void anAddWithoutABodyAddsOne() {
        assertThat(server.post("/v1/counters/one/add", "").body()).isEqualTo("{\"key\":\"one\",\"value\":1}");
    }

    @Test
    void valuesAreExactOverAllOf64Bits() {
        assertThat(server.put("/v1/counters/big", "{\"value\":9223372036854775807}")
                        .body())
                .isEqualTo("{\"key\":\"big\",\"value\":9223372036854775807}");
        assertThat(server.post("/v1/counters/big/add", "{\"delta\":-1}").body())
                .isEqualTo("{\"key\":\"big\",\"value\":9223372036854775806}");
        assertThat(server.put("/v1/counters/small", "{\"value\":-9223372036854775808}")
                        .body())
                .isEqualTo("{\"key\":\"small\",\"value\":-9223372036854775808}");
    }

    @Test
    void anOverflowIsAConflictAndChangesNothing() {
        server.put("/v1/counters/full", "{\"value\":9223372036854775807}");
        HttpResponse<String> answer = server.post("/v1/counters/full/add", "");
        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.headers().firstValue("content-type")).hasValue("application/problem+json");
        assertThat(answer.body()).contains("\"type\":\"/problems/overflow\"");
        assertThat(server.get("/v1/counters/full").body())
                .isEqualTo("{\"key\":\"full\",\"value\":9223372036854775807}");
    }

    @Test
    void anAbsentCounterIsNotFound() {
        HttpResponse<String> read = server.get("/v1/counters/absent");
        assertThat(read.statusCode()).isEqualTo(404);
        assertThat(read.body()).contains("\"type\":\"/problems/counter-absent\"", "\"status\":404");
        assertThat(server.delete("/v1/counters/absent").statusCode()).isEqualTo(404);
    }

    @Test
    void aDeletedCounterIsGone() {
        server.put("/v1/counters/short-lived", "{\"value\":3}");
        HttpResponse<String> answer = server.delete("/v1/counters/short-lived");
        assertThat(answer.statusCode()).isEqualTo(204);
        assertThat(answer.body()).isEmpty();
        assertThat(server.get("/v1/counters/short-lived").statusCode()).isEqualTo(404);
        assertThat(server.post("/v1/counters/short-lived/add", "").body()).endsWith("\"value\":1}");
    }

    @Test
    void keysTravelPercentEncodedAndComeBackAsJsonText() {
        assertThat(server.post("/v1/counters/a%2Fb%20c/add", "").body()).isEqualTo("{\"key\":\"a/b c\",\"value\":1}");
        assertThat(server.get("/v1/counters/a%2fb%20c").body()).isEqualTo("{\"key\":\"a/b c\",\"value\":1}");
        assertThat(server.post("/v1/counters/%C3%A9/add", "").body()).isEqualTo("{\"key\":\"é\",\"value\":1}");
        assertThat(server.post("/v1/counters/%22%5C/add", "").body()).isEqualTo("{\"key\":\"\\\"\\\\\",\"value\":1}");
        assertThat(server.post("/v1/counters/%3Cscript%3E/add", "").body())
                .isEqualTo("{\"key\":\"<script>\",\"value\":1}");
        assertThat(server.post("/v1/counters/a;b=c:d@e+f/add", "").body())
                .isEqualTo("{\"key\":\"a;b=c:d@e+f\",\"value\":1}");
        assertThat(server.post("/v1/counters/add/add", "").body()).isEqualTo("{\"key\":\"add\",\"value\":1}");
        assertThat(server.post("/v1/counters/%25%32%46/add", "").body()).isEqualTo("{\"key\":\"%2F\",\"value\":1}");
    }

    @Test
    void aListingGoesInKeyOrderFromPageToPage() {
        for (String key : new String[] {"c", "a", "e", "b%2F1", "d"}) {
            server.put("/v1/counters/list:" + key, "{\"value\":1}");
        }
        HttpResponse<String> first = server.get("/v1/counters?prefix=list:&limit=2");
        assertThat(first.body())
                .startsWith("{\"counters\":[{\"key\":\"list:a\",\"value\":1,\"created\":\"")
                .endsWith("\"next\":\"list:b/1\"}");
        HttpResponse<String> second = server.get("/v1/counters?prefix=list%3A&limit=2&after=list:b/1");
        assertThat(second.body())
                .contains("\"list:c\"", "\"list:d\"", "\"next\":\"list:d\"")
                .doesNotContain("list:a");
        HttpResponse<String> third = server.get("/v1/counters?prefix=list:&limit=2&after=list:d");
        assertThat(third.body()).contains("\"list:e\"").endsWith("\"next\":null}");
        assertThat(server.get("/v1/counters?prefix=nothing:").body()).isEqualTo("{\"counters\":[],\"next\":null}");
    }

    @Test
    void headAnswersLikeGetWithoutABody() throws Exception {
        server.put("/v1/counters/headed", "{\"value\":12}");
        try (RawHttp raw = server.connect()) {
            raw.send("HEAD /v1/counters/headed HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
            RawHttp.Response head = raw.receive(true);
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.header("content-length")).isEqualTo("27");
            assertThat(raw.receive().body()).isEqualTo("{\"status\":\"up\"}");
        }
    }

    @Test
    void aMethodThatIsNotAllowedIsToldWhichAre() {
        HttpResponse<String> answer = server.exchange("PATCH", "/v1/counters/x", "");
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("allow")).hasValue("GET, PUT, DELETE, HEAD");
        assertThat(answer.body()).contains("/problems/method-not-allowed");
        assertThat(server.get("/v1/counters/x/add").headers().firstValue("allow"))
                .hasValue("POST");
        assertThat(server.exchange("OPTIONS", "/v1/batch", "").statusCode()).isEqualTo(405);
    }

    @Test
    void anUnknownPathIsAProblemToo() {
        for (String path : new String[] {"/x", "/v1", "/v1/counter", "/v1/counters/a/b", "/v1/counters/a/add/", "//"}) {
            HttpResponse<String> answer = server.get(path);
            assertThat(answer.statusCode()).as(path).isEqualTo(404);
            assertThat(answer.body()).contains("/problems/not-found");
        }
    }

    @Test
    void pagesOfOtherOriginsMayNotWrite() throws Exception {
        String request = "POST /v1/counters/origin/add HTTP/1.1\r\nHost: 127.0.0.1:7600\r\nContent-Length: 0\r\n";
        try (RawHttp raw = server.connect()) {
            raw.send(request + "Origin: https://elsewhere.example\r\n\r\n");
            assertThat(raw.receive().status()).isEqualTo(403);
            raw.send(request + "Origin: null\r\n\r\n");
            assertThat(raw.receive().status()).isEqualTo(403);
            raw.send(request + "Origin: http://127.0.0.1:7600\r\n\r\n");
            assertThat(raw.receive().body()).isEqualTo("{\"key\":\"origin\",\"value\":1}");
        }
    }
}
