package dev.odometer.server.http;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.RequestHeaders;
import dev.odometer.engine.model.Identity;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads the identity of a write from its headers. */
final class Identities {
    static final AsciiString IDEMPOTENCY_KEY = HttpHeaderNames.of("idempotency-key");
    static final AsciiString REQUEST_ID = HttpHeaderNames.of("odometer-request-id");

    private Identities() {}

    /**
     * The identity in the headers; null where there is none. Where both headers are present the client's own key
     * counts: its window is longer, and a balancer adds its header to every request.
     */
    @Nullable
    static Identity of(RequestHeaders headers) {
        Identity key = key(headers);
        Identity requestId = requestId(headers);
        return key != null ? key : requestId;
    }

    /** The idempotency key in the headers; null where there is none. */
    @Nullable
    static Identity key(RequestHeaders headers) {
        String text = single(headers, IDEMPOTENCY_KEY, "Idempotency-Key");
        return text == null ? null : checked(() -> new Identity.IdempotencyKey(text));
    }

    /** The request id in the headers; null where there is none. */
    @Nullable
    static Identity requestId(RequestHeaders headers) {
        String text = single(headers, REQUEST_ID, "Odometer-Request-Id");
        return text == null ? null : checked(() -> new Identity.RequestId(text));
    }

    /** A batch's place in its session. */
    static Identity session(String session, long sequence) {
        return checked(() -> new Identity.SessionBatch(session, sequence));
    }

    private static Identity checked(Supplier<Identity> identity) {
        try {
            return identity.get();
        } catch (IllegalArgumentException e) {
            throw invalid(Texts.sentence(e.getMessage()));
        }
    }

    @Nullable
    private static String single(RequestHeaders headers, AsciiString header, String name) {
        if (!headers.contains(header)) {
            return null;
        }
        List<String> values = headers.getAll(header);
        if (values.size() > 1) {
            throw invalid(name + " is given " + values.size() + " times.");
        }
        String value = values.get(0).trim();
        return value.startsWith("\"") ? unquoted(value, name) : bare(value, name);
    }

    /** A string of RFC 8941: in double quotes, with {@code \"} and {@code \\} as its only escapes. */
    private static String unquoted(String value, String name) {
        StringBuilder text = new StringBuilder(value.length());
        int last = value.length() - 1;
        for (int i = 1; i < last; i++) {
            char c = value.charAt(i);
            if (c == '\\') {
                i++;
                c = i < last ? value.charAt(i) : 0;
                if (c != '"' && c != '\\') {
                    throw malformed(name);
                }
            } else if (c == '"') {
                throw malformed(name);
            }
            text.append(c);
        }
        if (last < 1 || value.charAt(last) != '"') {
            throw malformed(name);
        }
        return text.toString();
    }

    /**
     * A bare value. Quotes and commas are refused: they come from a broken quoted string, or from two headers that a
     * proxy joined.
     */
    private static String bare(String value, String name) {
        if (value.indexOf('"') >= 0 || value.indexOf(',') >= 0) {
            throw malformed(name);
        }
        return value;
    }

    private static RequestException malformed(String name) {
        return invalid(name
                + " must be one quoted string (\"…\", as in RFC 8941) or one bare value without quotes and commas.");
    }

    private static RequestException invalid(String detail) {
        return new RequestException(ProblemType.INVALID_IDENTITY, detail);
    }
}
