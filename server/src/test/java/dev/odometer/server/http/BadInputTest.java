package dev.odometer.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Everything that must not be taken: each gets a clear problem, changes nothing, and leaves the server alive. */
class BadInputTest {
    private static final String ADD = "/v1/counters/witness/add";
    private static final String JSON = "Content-Type: application/json\r\n";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private static HttpHarness server;
    private static String before;

    @BeforeAll
    static void start() {
        server = new HttpHarness();
        server.put("/v1/counters/witness", "{\"value\":7}");
        before = server.get("/v1/counters").body();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @AfterEach
    void theTotalsAreAsTheyWereAndTheServerIsAlive() {
        assertThat(server.get("/v1/counters").body()).isEqualTo(before);
        assertThat(server.get("/readyz").statusCode()).isEqualTo(200);
    }

    static Stream<Arguments> targets() {
        return Stream.of(
                target("empty key", "/v1/counters//add", "invalid-key"),
                target("no key", "/v1/counters/", "invalid-key"),
                target("257 bytes", "/v1/counters/" + "k".repeat(257) + "/add", "invalid-key"),
                target("129 characters of 2 bytes", "/v1/counters/" + "%C3%A9".repeat(129) + "/add", "invalid-key"),
                target("NUL", "/v1/counters/a%00b/add", "invalid-request"),
                target("CR LF", "/v1/counters/a%0d%0ab/add", "invalid-request"),
                target("DEL", "/v1/counters/a%7Fb/add", "invalid-request"),
                target("unit separator", "/v1/counters/a%1Fb/add", "invalid-key"),
                target("invalid UTF-8", "/v1/counters/%ff/add", "invalid-key"),
                target("overlong UTF-8", "/v1/counters/%c0%af/add", "invalid-key"),
                target("a surrogate in UTF-8", "/v1/counters/%ed%a0%80/add", "invalid-key"),
                target("dots", "/v1/counters/../add", "invalid-request"),
                target("one dot", "/v1/counters/./add", "invalid-key"),
                target("encoded dots", "/v1/counters/%2e%2e/add", "invalid-request"),
                target("one encoded dot", "/v1/counters/%2e/add", "invalid-key"),
                target("encoded dots and slash", "/v1/counters/%2e%2e%2fx/add", "invalid-"),
                target("dots inside", "/v1/counters/x%2f..%2fy/add", "invalid-"),
                target("out of the tree", "/../../etc/passwd", "invalid-request"),
                target("raw <script>", "/v1/counters/<script>/add", "invalid-request"),
                target("raw quote", "/v1/counters/a\"b/add", "invalid-request"),
                target("raw bytes above 127", "/v1/counters/\u00e9/add", "invalid-request"),
                target("broken escape", "/v1/counters/a%2/add", "invalid-request"),
                target("no hexadecimal digits", "/v1/counters/a%zz/add", "invalid-request"),
                target("fragment", "/v1/counters/a#b/add", "invalid-request"),
                target("a parameter", ADD + "?x=1", "invalid-parameter"));
    }

    static Stream<Arguments> queries() {
        return Stream.of(
                target("limit=0", "/v1/counters?limit=0", "invalid-parameter"),
                target("limit=abc", "/v1/counters?limit=abc", "invalid-parameter"),
                target("limit=1001", "/v1/counters?limit=1001", "invalid-parameter"),
                target("limit=-1", "/v1/counters?limit=-1", "invalid-parameter"),
                target("limit=", "/v1/counters?limit=", "invalid-parameter"),
                target("limit of 30 digits", "/v1/counters?limit=" + "1".repeat(30), "invalid-parameter"),
                target("limit twice", "/v1/counters?limit=1&limit=1", "invalid-parameter"),
                target("unknown", "/v1/counters?prefx=a", "invalid-parameter"),
                target("no value", "/v1/counters?prefix", "invalid-parameter"),
                target("prefix not UTF-8", "/v1/counters?prefix=%ff", "invalid-parameter"),
                target("prefix with NUL", "/v1/counters?prefix=%00", "invalid-"),
                target("prefix with LF", "/v1/counters?prefix=%0a", "invalid-parameter"),
                target("long prefix", "/v1/counters?prefix=" + "p".repeat(257), "invalid-parameter"),
                target("after not a key", "/v1/counters?after=%ff", "invalid-parameter"),
                target("a parameter of a counter", "/v1/counters/witness?x=1", "invalid-parameter"),
                target("a parameter of a page", "/v1/limits?x=1", "invalid-parameter"));
    }

    private static Arguments target(String name, String target, String problem) {
        return arguments(name, target, problem);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("targets")
    void aBadTargetIsRefused(String name, String target, String problem) throws Exception {
        refused("POST " + target + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 400, problem);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("queries")
    void aBadQueryIsRefused(String name, String target, String problem) throws Exception {
        refused("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n", 400, problem);
    }

    static Stream<Arguments> bodies() {
        return Stream.of(
                        "{",
                        "{}",
                        "[]",
                        "5",
                        "null",
                        "\"delta\"",
                        "{\"delta\"}",
                        "{\"delta\":}",
                        "{\"delta\":5",
                        "{\"delta\":5}}",
                        "{\"delta\":5}{\"delta\":5}",
                        "{\"delta\":5} x",
                        "{\"delta\":5,}",
                        "{'delta':5}",
                        "{delta:5}",
                        "{\"delta\":5}//",
                        "{\"delta\":5,\"delta\":5}",
                        "{\"delta\":5,\"Delta\":5}",
                        "{\"delta\":5,\"unknown\":1}",
                        "{\"value\":5}",
                        "{\"delta\":1.5}",
                        "{\"delta\":5.0}",
                        "{\"delta\":\"5\"}",
                        "{\"delta\":NaN}",
                        "{\"delta\":Infinity}",
                        "{\"delta\":1e400}",
                        "{\"delta\":1e2}",
                        "{\"delta\":+5}",
                        "{\"delta\":05}",
                        "{\"delta\":0x5}",
                        "{\"delta\":-}",
                        "{\"delta\":9223372036854775808}",
                        "{\"delta\":-9223372036854775809}",
                        "{\"delta\":" + "9".repeat(5_000) + "}",
                        "{\"delta\":true}",
                        "{\"delta\":null}",
                        "{\"delta\":[5]}",
                        "{\"delta\":{\"delta\":5}}",
                        "{\"" + "d".repeat(5_000) + "\":5}",
                        "[".repeat(10_000),
                        "{\"delta\":".repeat(10_000) + "1" + "}".repeat(10_000),
                        "\ufeff{\"delta\":5}",
                        "{\"delta\":5}\u0000",
                        " ",
                        "<script>")
                .map(body -> arguments(body.length() > 40 ? body.substring(0, 40) + "…" : body, body));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bodies")
    void aBadBodyIsRefused(String name, String body) throws Exception {
        refused(post(ADD, JSON, body), 400, "invalid-body");
        refused(post(ADD, "", body), 400, "invalid-body");
        if (!body.equals("{\"value\":5}")) {
            String put = "PUT /v1/counters/witness"
                    + post("", JSON, body.replace("delta", "value")).substring(5);
            refused(put, 400, "invalid-body");
        }
    }

    static Stream<Arguments> details() {
        return Stream.of(
                arguments("{\"delta\":NaN}", "something stands there that JSON does not allow", true),
                arguments("{\"delta\":+5}", "something stands there that JSON does not allow", true),
                arguments("{\"delta\":05}", "something stands there that JSON does not allow", true),
                arguments("{'delta':5}", "something stands there that JSON does not allow", true),
                arguments("{\"delta\":nul}", "something stands there that JSON does not allow", true),
                arguments("{\"delta\":5,\"delta\":5}", "a field comes twice", true),
                arguments("{\"delta\":5", "it ends too early", true),
                arguments("{\"delta\":" + "9".repeat(5_000) + "}", "is too long", false),
                arguments("{\"" + "d".repeat(5_000) + "\":5}", "is too long", false));
    }

    @ParameterizedTest
    @MethodSource("details")
    void whatIsNoJsonIsToldInOurOwnWords(String body, String reason, boolean located) throws Exception {
        try (RawHttp raw = server.connect()) {
            String detail = MAPPER.readTree(
                            raw.send(post(ADD, JSON, body)).receive().body())
                    .get("detail")
                    .asText();
            assertThat(detail).startsWith("The body is not strict JSON: ").contains(reason);
            assertThat(detail)
                    .doesNotContainIgnoringCase("feature")
                    .doesNotContain("Stream", "token", "enable", "Illegal");
            if (located) {
                assertThat(detail).contains("(line 1, column ");
            }
        }
    }

    @Test
    void aSetNeedsABodyAndADeleteAndAGetTakeNone() throws Exception {
        String empty = " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n";
        String full = " HTTP/1.1\r\nHost: x\r\n" + JSON + "Content-Length: 11\r\n\r\n{\"delta\":5}";
        refused("PUT /v1/counters/witness" + empty, 400, "invalid-body");
        refused("POST /v1/batch" + empty, 400, "invalid-body");
        refused("DELETE /v1/counters/witness" + full, 400, "invalid-body");
        refused("GET /v1/counters/witness" + full, 400, "invalid-body");
    }

    @Test
    void aBodyInAnotherEncodingThanUtf8IsRefused() throws Exception {
        byte[] utf16 = "{\"delta\":5}".getBytes(StandardCharsets.UTF_16BE);
        refused(post(ADD, JSON, new String(utf16, StandardCharsets.ISO_8859_1)), 400, "invalid-body");
        refused(rawPost(ADD, JSON, "{\"delta\u00ff\":5}"), 400, "invalid-body");
    }

    static Stream<Arguments> batches() {
        String add = "{\"op\":\"add\",\"key\":\"witness\",\"delta\":1}";
        return Stream.of(
                        "{}",
                        "[]",
                        "{\"operations\":[]}",
                        "{\"operations\":{}}",
                        "{\"operations\":null}",
                        "{\"operations\":[1]}",
                        "{\"operations\":[null]}",
                        "{\"operations\":[{}]}",
                        "{\"operations\":[" + add + ",]}",
                        "{\"operations\":[" + add + "]",
                        "{\"operations\":[" + add + "],\"operations\":[" + add + "]}",
                        "{\"operations\":[" + add + "],\"atomic\":true}",
                        "{\"operations\":[" + (add + ",").repeat(1_000) + add + "]}",
                        "{\"operations\":[" + add + ",{\"op\":\"add\",\"key\":\"witness\"}]}",
                        "{\"operations\":[" + add + ",{\"op\":\"set\",\"key\":\"witness\",\"delta\":1}]}",
                        "{\"operations\":[" + add + ",{\"op\":\"get\",\"key\":\"witness\",\"value\":1}]}",
                        "{\"operations\":[" + add + ",{\"op\":\"delete\",\"key\":\"witness\",\"delta\":1}]}",
                        "{\"operations\":[" + add + ",{\"op\":\"increment\",\"key\":\"witness\",\"delta\":1}]}",
                        "{\"operations\":[" + add + ",{\"op\":\"add\",\"delta\":1}]}",
                        "{\"operations\":[" + add + ",{\"op\":\"add\",\"key\":7,\"delta\":1}]}",
                        "{\"operations\":[" + add + ",{\"op\":\"add\",\"key\":\"witness\",\"delta\":1.0}]}",
                        "{\"operations\":[" + add
                                + ",{\"op\":\"add\",\"op\":\"add\",\"key\":\"witness\",\"delta\":1}]}",
                        "{\"operations\":[" + add + "],\"session\":\"s\"}",
                        "{\"operations\":[" + add + "],\"sequence\":1}",
                        "{\"operations\":[" + add + "],\"session\":7,\"sequence\":1}",
                        "{\"operations\":[" + add + "],\"session\":\"s\",\"sequence\":\"1\"}")
                .map(body -> arguments(body.length() > 90 ? body.substring(0, 90) + "…" : body, body));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("batches")
    void aBadBatchIsRefusedAsAWhole(String name, String body) throws Exception {
        refused(post("/v1/batch", JSON, body), 400, "invalid-body");
    }

    @Test
    void aBatchWithABadKeyOrIdentityIsRefusedAsAWhole() throws Exception {
        String add = "{\"op\":\"add\",\"key\":\"witness\",\"delta\":1}";
        for (String key : new String[] {"", "a\\u0000b", "a\\nb", "..", "x/../y", "\\ud800", "k".repeat(257)}) {
            String bad = "{\"op\":\"add\",\"key\":\"" + key + "\",\"delta\":1}";
            refused(post("/v1/batch", JSON, "{\"operations\":[" + add + "," + bad + "]}"), 400, "invalid-key");
        }
        String start = "{\"operations\":[" + add + "],\"session\":";
        for (String rest : new String[] {"\"s\",\"sequence\":0}", "\"s\",\"sequence\":-1}", "\"\",\"sequence\":1}"}) {
            refused(post("/v1/batch", JSON, start + rest), 400, "invalid-identity");
        }
        String both = post("/v1/batch", JSON + "Idempotency-Key: k\r\n", start + "\"s\",\"sequence\":1}");
        refused(both, 400, "invalid-identity");
    }

    static Stream<Arguments> identities() {
        return Stream.of(
                        "\"",
                        "\"abc",
                        "abc\"",
                        "\"a\"b\"",
                        "\"a\\b\"",
                        "\"a\\\"",
                        "\"abc\";v=1",
                        "\"\"",
                        "",
                        "a b",
                        "\"a b\"",
                        "a,b",
                        "\"a\", \"b\"",
                        "a\u00e9",
                        "k".repeat(257))
                .map(value -> arguments(value.length() > 40 ? value.substring(0, 40) + "…" : value, value));
    }

    @ParameterizedTest(name = "<{0}>")
    @MethodSource("identities")
    void aBadIdentityIsRefused(String name, String value) throws Exception {
        refused(rawPost(ADD, JSON + "Idempotency-Key: " + value + "\r\n", "{\"delta\":5}"), 400, "invalid-identity");
        refused(
                rawPost(ADD, JSON + "Odometer-Request-Id: " + value + "\r\n", "{\"delta\":5}"),
                400,
                "invalid-identity");
    }

    @Test
    void twoIdempotencyHeadersAreRefused() throws Exception {
        String two = "Idempotency-Key: a\r\nIdempotency-Key: a\r\n";
        refused(post(ADD, JSON + two, "{\"delta\":5}"), 400, "invalid-identity");
    }

    @Test
    void onlyPlainJsonIsTaken() throws Exception {
        String[] types = {
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/json; charset=utf-16",
            "application/json; charset=nonsense",
            "application/json; version=2",
            "application/problem+json",
            "*/*",
            "nonsense"
        };
        for (String type : types) {
            refused(post(ADD, "Content-Type: " + type + "\r\n", "{\"delta\":5}"), 415, "unsupported-media-type");
        }
        for (String encoding : new String[] {"gzip", "br", "identity"}) {
            String header = JSON + "Content-Encoding: " + encoding + "\r\n";
            refused(post(ADD, header, "{\"delta\":5}"), 415, "unsupported-media-type");
        }
    }

    private static String post(String target, String headers, String body) {
        return rawPost(target, headers, new String(body.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
    }

    private static String rawPost(String target, String headers, String bodyBytes) {
        return "POST " + target + " HTTP/1.1\r\nHost: x\r\n" + headers + "Content-Length: " + bodyBytes.length()
                + "\r\n\r\n" + bodyBytes;
    }

    private static void refused(String request, int status, String problem) throws IOException {
        try (RawHttp raw = server.connect()) {
            RawHttp.Response response = raw.send(request).receive();
            assertThat(response).isNotNull();
            assertThat(response.status()).as(response.body()).isEqualTo(status);
            assertThat(response.header("content-type")).isEqualTo("application/problem+json");
            JsonNode json = MAPPER.readTree(response.body());
            assertThat(json.get("type").asText()).startsWith("/problems/" + problem);
            assertThat(json.get("status").asInt()).isEqualTo(status);
            assertThat(json.get("title").asText()).isNotBlank();
            assertThat(json.get("detail").asText()).isNotBlank();
        }
    }
}
