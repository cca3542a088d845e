package dev.odometer.systemtests.badinput;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Bad input over HTTP. The counter {@code witness} is what each row would change if it were taken. */
final class HttpRows {
    private static final String ADD = "POST /v1/counters/witness/add HTTP/1.1\r\nHost: x\r\n";
    private static final String JSON = "Content-Type: application/json\r\n";
    private static final int MEBIBYTE = 1 << 20;
    private static final String ONE = "{\"op\":\"add\",\"key\":\"witness\",\"delta\":1}";

    private final List<Row> rows = new ArrayList<>();

    private HttpRows() {}

    static List<Row> all() {
        HttpRows table = new HttpRows();
        table.keys();
        table.bodies();
        table.otherBodies();
        table.batches();
        table.identities();
        table.framing();
        table.requests();
        return table.rows;
    }

    private void add(String name, String sent, int status, String problem) {
        rows.add(Row.http(name, sent, status, problem));
    }

    private void closed(String name, String sent, int status, String problem) {
        rows.add(Row.http(name, sent, status, problem).thenClosed());
    }

    private void keys() {
        add("empty key", post("/v1/counters//add", JSON, "{\"delta\":1}"), 400, "invalid-");
        add("key of 257 bytes", key("k".repeat(257)), 400, "invalid-");
        add("key of 86 characters and 258 bytes", key("%E2%82%AC".repeat(86)), 400, "invalid-");
        add("NUL in a key", key("a%00b"), 400, "invalid-");
        add("CR LF in a key", key("a%0D%0Ab"), 400, "invalid-");
        add("DEL in a key", key("a%7Fb"), 400, "invalid-");
        add("invalid UTF-8 in a key", key("a%FFb"), 400, "invalid-");
        add("overlong UTF-8 in a key", key("a%C0%AFb"), 400, "invalid-");
        add("a surrogate in a key", key("a%ED%A0%80b"), 400, "invalid-");
        add("cut UTF-8 in a key", key("a%E2%82"), 400, "invalid-");
        add("..", key(".."), 400, "invalid-");
        add("../ before a path", key("../witness"), 400, "invalid-");
        add("%2e%2e", key("%2e%2e"), 400, "invalid-");
        add("%2e%2e%2f", key("%2e%2e%2fwitness"), 400, "invalid-");
        add("a dot segment within a key", key("a%2F.%2Fb"), 400, "invalid-");
        add("<script> as a key", key("<script>"), 400, "invalid-request");
        add("<script>, encoded, which is absent", get("/v1/counters/%3Cscript%3E"), 404, "counter-absent");
        add("a raw byte above ASCII in a key", key("caf\u00e9"), 400, "invalid-request");
        add("a broken escape", key("a%zzb"), 400, "invalid-request");
        add("half an escape", key("a%2"), 400, "invalid-request");
        add("a path behind a key", key("witness/more"), 404, "not-found");
        add("a backslash", key("..\\witness"), 400, "invalid-request");
    }

    private void bodies() {
        String[] bad = {
            " ",
            "{",
            "}",
            "nonsense",
            "\"5\"",
            "5",
            "null",
            "[]",
            "{}",
            "{\"delta\"}",
            "{\"delta\":}",
            "{\"delta\":1,}",
            "{\"delta\":1}{\"delta\":1}",
            "{\"delta\":1} x",
            "{'delta':1}",
            "{delta:1}",
            "{\"delta\":1/**/}",
            "{\"delta\":1,\"delta\":2}",
            "{\"delta\":1,\"extra\":2}",
            "{\"Delta\":1}",
            "{\"delta\":1.5}",
            "{\"delta\":1.0}",
            "{\"delta\":\"5\"}",
            "{\"delta\":NaN}",
            "{\"delta\":Infinity}",
            "{\"delta\":1e400}",
            "{\"delta\":1e2}",
            "{\"delta\":9223372036854775808}",
            "{\"delta\":-9223372036854775809}",
            "{\"delta\":18446744073709551617}",
            "{\"delta\":" + "9".repeat(5_000) + "}",
            "{\"delta\":true}",
            "{\"delta\":null}",
            "{\"delta\":[1]}",
            "{\"delta\":{}}",
            "{\"delta\":01}",
            "{\"delta\":+1}",
            "{\"delta\":0x10}",
            "{\"delta\":--1}",
            "\u00ef\u00bb\u00bf{\"delta\":1",
            "{\"delta\":1\u0000}",
            "{\"\u00ff\":1}",
            "{\"delta\":\u00c0\u00af}"
        };
        for (String body : bad) {
            add("body " + shown(body), post("/v1/counters/witness/add", JSON, body), 400, "invalid-body");
        }
    }

    private void otherBodies() {
        String deep = "[".repeat(10_000);
        add("10,000-deep JSON", post("/v1/counters/witness/add", JSON, "{\"delta\":" + deep), 400, "invalid-body");
        add("10,000-deep arrays", post("/v1/counters/witness/add", JSON, deep), 400, "invalid-body");
        add("10,000-deep objects", post("/v1/batch", JSON, "{\"a\":".repeat(10_000)), 400, "invalid-body");
        add("no value to set", put(""), 400, "invalid-body");
        add("a delta to set", put("{\"delta\":1}"), 400, "invalid-body");
        add("a value of 2^63", put("{\"value\":9223372036854775808}"), 400, "invalid-body");
        add("a body to delete", request("DELETE", "/v1/counters/witness", JSON, "{}"), 400, "invalid-body");
        add("a body to get", request("GET", "/v1/counters/witness", JSON, "{}"), 400, "invalid-body");
        add("overflow", post("/v1/counters/full/add", JSON, "{\"delta\":1}"), 409, "overflow");
        add("overflow by empty body", post("/v1/counters/full/add", "", ""), 409, "overflow");
        add(
                "Content-Encoding",
                post("/v1/counters/witness/add", JSON + "Content-Encoding: gzip\r\n", "x"),
                415,
                "unsupported-media-type");
        add(
                "text/plain",
                post("/v1/counters/witness/add", "Content-Type: text/plain\r\n", "{\"delta\":1}"),
                415,
                "unsupported-media-type");
        add(
                "UTF-16",
                post("/v1/counters/witness/add", "Content-Type: application/json; charset=utf-16\r\n", "{\"delta\":1}"),
                415,
                "unsupported-media-type");
        String tooLong = "{\"delta\":1" + " ".repeat(MEBIBYTE) + "}";
        closed("body over 1 MiB", post("/v1/counters/witness/add", JSON, tooLong), 413, "body-too-large");
        closed(
                "body over 1 MiB, announced only",
                ADD + JSON + "Content-Length: 99999999999\r\n\r\n",
                413,
                "body-too-large");
        closed(
                "body over 1 MiB in chunks",
                ADD + JSON + "Transfer-Encoding: chunked\r\n\r\n"
                        + ("10000\r\n" + " ".repeat(0x10000) + "\r\n").repeat(18),
                413,
                "body-too-large");
    }

    private void batches() {
        String[] bad = {
            "",
            "{}",
            "[]",
            "{\"operations\":[]}",
            "{\"operations\":{}}",
            "{\"operations\":[1]}",
            "{\"operations\":[" + (ONE + ",").repeat(1_000) + ONE + "]}",
            "{\"operations\":[" + ONE + ",{\"op\":\"add\",\"key\":\"witness\"}]}",
            "{\"operations\":[" + ONE + ",{\"op\":\"increment\",\"key\":\"witness\",\"delta\":1}]}",
            "{\"operations\":[" + ONE + ",{\"op\":\"add\",\"key\":\"witness\",\"delta\":1.5}]}",
            "{\"operations\":[" + ONE + "],\"operations\":[]}",
            "{\"operations\":[" + ONE + "],\"extra\":1}",
            "{\"operations\":[" + ONE + "],\"session\":\"s\"}",
            "{\"operations\":[" + ONE + "],\"sequence\":1}"
        };
        for (String body : bad) {
            add("batch " + shown(body), post("/v1/batch", JSON, body), 400, "invalid-body");
        }
        for (String key : new String[] {"", "a\\u0000b", "a\\r\\nb", "../witness", "\\ud800", "k".repeat(257)}) {
            String body = "{\"operations\":[" + ONE + ",{\"op\":\"add\",\"key\":\"" + key + "\",\"delta\":1}]}";
            add("batch with key " + shown(key), post("/v1/batch", JSON, body), 400, "invalid-key");
        }
        add("session at 0", session("0"), 400, "invalid-identity");
        rows.add(Row.http("gap in a session", session("7"), 409, "out-of-sequence")
                .containing("\"expectedSequence\":1"));
    }

    private void identities() {
        String twice = "Idempotency-Key: a\r\nIdempotency-Key: a\r\n";
        add("two idempotency headers", identified(twice), 400, "invalid-identity");
        add(
                "two request ids",
                identified(twice.replace("Idempotency-Key", "Odometer-Request-Id")),
                400,
                "invalid-identity");
        String[] bad = {"", "\"", "\"open", "a b", "a, b", "\"a\";v=1", "\"\"", "caf\u00e9", "k".repeat(257)};
        for (String id : bad) {
            add(
                    "Idempotency-Key: " + shown(id),
                    identified("Idempotency-Key: " + id + "\r\n"),
                    400,
                    "invalid-identity");
        }
        String old = "Idempotency-Key: 01890a5d-ac96-774b-bcce-b302099a8057\r\n";
        add("a UUIDv7 older than the window", identified(old), 422, "identity-expired");
        String future = "Idempotency-Key: 7fffffff-ffff-774b-bcce-b302099a8057\r\n";
        add("a UUIDv7 of the far future", identified(future), 422, "identity-expired");
    }

    private void framing() {
        closed(
                "Content-Length with Transfer-Encoding",
                ADD + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + ADD + "\r\n",
                400,
                "invalid-request");
        closed(
                "Transfer-Encoding with Content-Length",
                ADD + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
                400,
                "invalid-request");
        closed(
                "two Content-Lengths",
                ADD + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
                400,
                "invalid-request");
        closed("a negative Content-Length", ADD + "Content-Length: -1\r\n\r\n", 400, "invalid-request");
        closed(
                "a Content-Length of 20 digits",
                ADD + "Content-Length: " + "9".repeat(20) + "\r\n\r\n",
                400,
                "invalid-request");
        closed("a chunk size that is none", ADD + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400, "invalid-request");
        closed(
                "a negative chunk size",
                ADD + "Transfer-Encoding: chunked\r\n\r\n-5\r\nabcde\r\n",
                400,
                "invalid-request");
        closed("a header without a colon", ADD + "nonsense\r\n\r\n", 400, "invalid-request");
        closed("a space in a header's name", ADD + "Bad Header: x\r\n\r\n", 400, "invalid-request");
        closed("headers over 16 KiB", ADD + "X: " + "x".repeat(17_000) + "\r\n\r\n", 431, "headers-too-large");
        closed("5,000 headers", ADD + "X: y\r\n".repeat(5_000) + "\r\n", 431, "headers-too-large");
        closed(
                "a request line over 8 KiB",
                "GET /" + "x".repeat(9_000) + " HTTP/1.1\r\nHost: x\r\n\r\n",
                414,
                "uri-too-long");
        closed("no HTTP", "nonsense\r\n\r\n", 400, "invalid-request");
        closed(
                "a TLS hello",
                "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003\r\n\r\n",
                400,
                "invalid-request");
        closed("the Redis protocol", "*2\r\n$4\r\nINCR\r\n$7\r\nwitness\r\n\r\n\r\n", 400, "invalid-request");
    }

    private void requests() {
        add("an unknown path", get("/v1/nothing"), 404, "not-found");
        add("an unknown method", request("PATCH", "/v1/counters/witness", JSON, "{}"), 405, "method-not-allowed");
        add("GET where POST is due", get("/v1/counters/witness/add"), 405, "method-not-allowed");
        add(
                "another site's page",
                post("/v1/counters/witness/add", JSON + "Origin: http://evil.example\r\n", "{\"delta\":1}"),
                403,
                "cross-origin");
        for (String query : new String[] {
            "limit=0",
            "limit=-1",
            "limit=1001",
            "limit=x",
            "limit=1&limit=2",
            "after=" + "k".repeat(257),
            "prefix=" + "k".repeat(257),
            "unknown=1"
        }) {
            add("listing with " + shown(query), get("/v1/counters?" + query), 400, "invalid-parameter");
        }
    }

    private static String key(String key) {
        return post("/v1/counters/" + key + "/add", JSON, "{\"delta\":1}");
    }

    private static String put(String body) {
        return request("PUT", "/v1/counters/witness", JSON, body);
    }

    private static String session(String sequence) {
        return post(
                "/v1/batch", JSON, "{\"operations\":[" + ONE + "],\"session\":\"bad\",\"sequence\":" + sequence + "}");
    }

    private static String identified(String headers) {
        return post("/v1/counters/witness/add", JSON + headers, "{\"delta\":1}");
    }

    private static String get(String target) {
        return "GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n";
    }

    private static String post(String target, String headers, String body) {
        return request("POST", target, headers, body);
    }

    private static String request(String method, String target, String headers, String body) {
        int length = body.getBytes(StandardCharsets.ISO_8859_1).length;
        return method + " " + target + " HTTP/1.1\r\nHost: x\r\n" + headers + "Content-Length: " + length + "\r\n\r\n"
                + body;
    }

    static String shown(String text) {
        StringBuilder shown = new StringBuilder();
        text.chars()
                .limit(60)
                .forEach(c -> shown.append(
                        c >= 0x20 && c < 0x7f ? String.valueOf((char) c) : "\\x" + Integer.toHexString(c)));
        return "<" + shown + (text.length() > 60 ? "…" : "") + ">";
    }
}
