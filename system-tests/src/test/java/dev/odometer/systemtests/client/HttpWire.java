package dev.odometer.systemtests.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/** The HTTP API by the JDK's client. Thread-safe. */
public final class HttpWire {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client;
    private final String base;
    private final Duration timeout;

    /** An answer. */
    public record Answer(int status, boolean replayed, String body) {
        /** The body as JSON. */
        public JsonNode json() {
            try {
                return JSON.readTree(body);
            } catch (JsonProcessingException e) {
                throw new AssertionError("not JSON: " + body, e);
            }
        }

        /** The value in the body of a success. */
        public long value() {
            if (status != 200) {
                throw new AssertionError("no success: " + this);
            }
            return json().path("value").longValue();
        }
    }

    /**
     * Talks to a port of this machine.
     *
     * @param timeout how long to wait for an answer
     */
    public HttpWire(int port, HttpClient.Version version, Duration timeout) {
        this.client = HttpClient.newBuilder()
                .version(version)
                .connectTimeout(Duration.ofSeconds(2))
                .build();
        this.base = "http://127.0.0.1:" + port;
        this.timeout = timeout;
    }

    /** Talks HTTP/1.1 with a generous timeout. */
    public HttpWire(int port) {
        this(port, HttpClient.Version.HTTP_1_1, Duration.ofSeconds(15));
    }

    /** GET of any path. */
    public Answer get(String path) throws IOException {
        return send(request(path).GET());
    }

    /** A counter's value; empty where it is absent. */
    public OptionalLong value(String key) throws IOException {
        Answer answer = get(counter(key));
        return answer.status() == 404 ? OptionalLong.empty() : OptionalLong.of(answer.value());
    }

    /**
     * Any write.
     *
     * @param idempotencyKey null for none
     */
    public Answer write(String method, String path, String body, String idempotencyKey) throws IOException {
        HttpRequest.Builder request = request(path).method(method, HttpRequest.BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        if (idempotencyKey != null) {
            request.header("Idempotency-Key", "\"" + idempotencyKey + "\"");
        }
        return send(request);
    }

    /**
     * Adds.
     *
     * @param idempotencyKey null for none
     */
    public Answer add(String key, long delta, String idempotencyKey) throws IOException {
        return write("POST", counter(key) + "/add", "{\"delta\":" + delta + "}", idempotencyKey);
    }

    /** All counters by the listing, page by page, in the order of their keys. */
    public Map<String, Long> list(String prefix) throws IOException {
        Map<String, Long> all = new TreeMap<>();
        String after = "";
        while (true) {
            JsonNode page = get("/v1/counters?limit=1000&prefix=" + encoded(prefix) + "&after=" + encoded(after))
                    .json();
            for (JsonNode counter : page.path("counters")) {
                Long before = all.put(
                        counter.path("key").textValue(), counter.path("value").longValue());
                if (before != null) {
                    throw new AssertionError("listed twice: " + counter);
                }
            }
            if (!page.path("next").isTextual()) {
                return all;
            }
            after = page.path("next").textValue();
        }
    }

    /** The path of a counter. */
    public static String counter(String key) {
        return "/v1/counters/" + encoded(key);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(base + path)).timeout(timeout);
    }

    private Answer send(HttpRequest.Builder request) throws IOException {
        try {
            HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            boolean replayed =
                    response.headers().firstValue("Idempotent-Replayed").isPresent();
            return new Answer(response.statusCode(), replayed, response.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
