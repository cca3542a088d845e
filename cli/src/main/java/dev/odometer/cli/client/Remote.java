package dev.odometer.cli.client;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.odometer.cli.console.CommandException;
import dev.odometer.cli.console.ExitCode;
import dev.odometer.cli.console.Surroundings;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A running server, as a command sees it. What fails on the way, or is answered with 429 or 503, is tried again
 * with the same idempotency key until the patience is over: each write takes effect once. Thread-confined.
 */
public final class Remote {
    /** The most bytes of an answer's text that end up in a message. */
    private static final int MAX_SHOWN = 200;

    private static final long FIRST_WAIT_MILLIS = 50;
    private static final long LONGEST_WAIT_MILLIS = 1_000;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    private final URI url;
    private final Patience patience;
    private final Surroundings surroundings;
    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient http;

    /**
     * How long to go on trying.
     *
     * @param refused where nobody listens: most likely the server is not running
     * @param otherwise where it broke off, or the server says that it cannot now
     */
    public record Patience(Duration refused, Duration otherwise) {}

    /** A server at an address such as {@code http://127.0.0.1:7600}. */
    public Remote(URI url, Patience patience, Surroundings surroundings) {
        this.url = url;
        this.patience = patience;
        this.surroundings = surroundings;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_TIMEOUT)
                .build();
    }

    /** The address. */
    public URI url() {
        return url;
    }

    /** Writes and reads this server's JSON. */
    public ObjectMapper json() {
        return json;
    }

    /** A new idempotency key, for one write and all its retries. */
    public String newIdempotencyKey() {
        return Ids.uuid7(surroundings.wallMillis().getAsLong(), surroundings.random());
    }

    /** The path of one counter. */
    public static String counter(String key) {
        return "/v1/counters/" + encode(key);
    }

    /** Percent-encodes everything but unreserved characters. */
    public static String encode(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            boolean unreserved = (b >= 'a' && b <= 'z')
                    || (b >= 'A' && b <= 'Z')
                    || (b >= '0' && b <= '9')
                    || b == '-'
                    || b == '.'
                    || b == '_'
                    || b == '~';
            if (unreserved) {
                out.append((char) b);
            } else {
                out.append('%').append(hex(b >> 4)).append(hex(b));
            }
        }
        return out.toString();
    }

    /** Reads. */
    public Reply read(String path) throws InterruptedException {
        return send("GET", path, null, null, "");
    }

    /**
     * Writes, once, however often it has to be sent.
     *
     * @param again what the user can do where it stays unknown whether it was done; may be empty
     */
    public Reply write(String method, String path, @Nullable String body, String idempotencyKey, String again)
            throws InterruptedException {
        return send(method, path, body, idempotencyKey, again);
    }

    /**
     * Asks for something that may be asked for twice.
     *
     * @param path what to POST to
     */
    public Reply ask(String path) throws InterruptedException {
        return send("POST", path, null, null, "");
    }

    /** Whether anybody listens there now; one attempt. */
    public boolean isThere() throws InterruptedException {
        try {
            http.send(
                    request("GET", "/healthz", null, null, surroundings.nanos().getAsLong()),
                    BodyHandlers.discarding());
            return true;
        } catch (ConnectException | HttpConnectTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private Reply send(String method, String path, @Nullable String body, @Nullable String idempotencyKey, String again)
            throws InterruptedException {
        long start = surroundings.nanos().getAsLong();
        boolean refusedOnly = true;
        long backoff = FIRST_WAIT_MILLIS;
        while (true) {
            long wait = backoff / 2 + surroundings.random().nextLong(backoff);
            Failure failure;
            try {
                HttpResponse<byte[]> response =
                        http.send(request(method, path, body, idempotencyKey, start), BodyHandlers.ofByteArray());
                Reply reply = reply(response);
                if (!mayChange(reply.status())) {
                    return reply;
                }
                refusedOnly = false;
                wait = Math.max(wait, retryAfterMillis(response));
                failure = new Failure(reply, null);
            } catch (ConnectException | HttpConnectTimeoutException e) {
                failure = new Failure(null, e);
            } catch (IOException e) {
                refusedOnly = false;
                failure = new Failure(null, e);
            }
            long left = left(start, refusedOnly ? patience.refused() : patience.otherwise());
            if (wait > left) {
                throw giveUp(failure, idempotencyKey, again);
            }
            surroundings.pause().millis(wait);
            backoff = Math.min(backoff * 2, LONGEST_WAIT_MILLIS);
        }
    }

    /** Why an attempt did not settle the matter: one of the two is set. */
    private record Failure(@Nullable Reply reply, @Nullable IOException exception) {}

    private HttpRequest request(
            String method, String path, @Nullable String body, @Nullable String idempotencyKey, long start) {
        Duration timeout = Duration.ofMillis(Math.max(100, left(start, patience.otherwise())));
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url + path)).timeout(timeout);
        if (idempotencyKey != null) {
            request.header("Idempotency-Key", '"' + idempotencyKey + '"');
        }
        if (body == null) {
            return request.method(method, BodyPublishers.noBody()).build();
        }
        return request.header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body))
                .build();
    }

    private Reply reply(HttpResponse<byte[]> response) {
        byte[] body = response.body();
        if (body.length == 0) {
            return new Reply(response.statusCode(), MissingNode.getInstance());
        }
        try {
            return new Reply(response.statusCode(), json.readTree(body));
        } catch (JacksonException e) {
            throw notOdometer(response, body, e);
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory failed", e);
        }
    }

    private CommandException notOdometer(HttpResponse<byte[]> response, byte[] body, Exception cause) {
        String text = new String(body, 0, Math.min(body.length, MAX_SHOWN), StandardCharsets.UTF_8);
        return new CommandException(
                ExitCode.UNAVAILABLE,
                url + " answered " + response.statusCode() + " with something that is not JSON (" + text.strip()
                        + "): this is no Odometer server; see --url",
                cause);
    }

    private CommandException giveUp(Failure failure, @Nullable String idempotencyKey, String again) {
        Reply reply = failure.reply();
        if (reply != null) {
            return new CommandException(
                    Reply.exitCode(reply.status()),
                    "the server cannot do it now (" + reply.status() + "): " + reply.reason());
        }
        IOException e = failure.exception();
        if (e instanceof ConnectException || e instanceof HttpConnectTimeoutException) {
            return new CommandException(
                    ExitCode.UNAVAILABLE,
                    "no server answers at " + url + "; start one with 'odometer serve', or say where it is with --url",
                    e);
        }
        String effect = idempotencyKey == null
                ? ""
                : "; it is not known whether the server did it" + (again.isEmpty() ? "" : ": " + again);
        String reason = e == null || e.getMessage() == null ? "no answer" : e.getMessage();
        return new CommandException(
                ExitCode.UNAVAILABLE, "lost the connection to " + url + " (" + reason + ")" + effect, e);
    }

    private long left(long start, Duration patience) {
        return patience.toMillis() - (surroundings.nanos().getAsLong() - start) / 1_000_000;
    }

    /** Whether the same request may get another answer soon. */
    private static boolean mayChange(int status) {
        return status == 429 || status == 502 || status == 503 || status == 504;
    }

    private static long retryAfterMillis(HttpResponse<?> response) {
        String header = response.headers().firstValue("Retry-After").orElse("");
        return header.matches("\\d{1,4}") ? Long.parseLong(header) * 1_000 : 0;
    }

    private static char hex(int nibble) {
        return "0123456789ABCDEF".charAt(nibble & 0xF);
    }

    /** The first page, or the next one, of the counters with a prefix. */
    public JsonNode page(String prefix, @Nullable String after, int limit) throws InterruptedException {
        String from = after == null ? "" : "&after=" + encode(after);
        return read("/v1/counters?limit=" + limit + "&prefix=" + encode(prefix) + from)
                .orRefuse()
                .body();
    }
}
