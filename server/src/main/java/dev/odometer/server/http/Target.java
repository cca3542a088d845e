package dev.odometer.server.http;

import dev.odometer.engine.model.InvalidKeyException;
import dev.odometer.engine.model.KeyRules;
import java.io.ByteArrayOutputStream;

/**
 * A request's target, read as it was sent: nothing is normalised, so that no proxy and server can disagree on a key.
 */
final class Target {
    private static final byte[] NO_KEY = new byte[0];
    private static final String COUNTERS = "/v1/counters";
    private static final String ADD = "/add";

    private final Route route;
    private final byte[] key;
    private final String query;

    private Target(Route route, byte[] key, String query) {
        this.route = route;
        this.key = key;
        this.query = query;
    }

    Route route() {
        return route;
    }

    /** The key's bytes, decoded and checked; empty where the route has none. Not to be changed. */
    byte[] key() {
        return key;
    }

    /** The query as sent, without its question mark; empty where there is none. */
    String query() {
        return query;
    }

    /**
     * Reads a target in origin form.
     *
     * @throws RequestException where it leads nowhere or its key is not allowed
     */
    static Target parse(String raw) {
        int question = raw.indexOf('?');
        int end = question < 0 ? raw.length() : question;
        String query = question < 0 ? "" : raw.substring(question + 1);
        if (raw.startsWith(COUNTERS) && end > COUNTERS.length() && raw.charAt(COUNTERS.length()) == '/') {
            return counter(raw, end, query);
        }
        for (Route route : Route.values()) {
            if (route.template().length() == end && raw.startsWith(route.template())) {
                return new Target(route, NO_KEY, query);
            }
        }
        throw new RequestException(ProblemType.NOT_FOUND, "No such path. GET / lists where to begin.");
    }

    private static Target counter(String raw, int end, String query) {
        int start = COUNTERS.length() + 1;
        int slash = raw.indexOf('/', start);
        if (slash < 0 || slash >= end) {
            return new Target(Route.COUNTER, key(raw, start, end), query);
        }
        if (end - slash == ADD.length() && raw.startsWith(ADD, slash)) {
            return new Target(Route.ADD, key(raw, start, slash), query);
        }
        throw new RequestException(
                ProblemType.NOT_FOUND,
                "No such path: after the key only /add may follow. A '/' inside a key is written %2F.");
    }

    private static byte[] key(String raw, int start, int end) {
        byte[] key;
        try {
            key = decode(raw, start, end, false);
            KeyRules.check(key, 0, key.length);
        } catch (InvalidKeyException e) {
            throw new RequestException(ProblemType.INVALID_KEY, Texts.sentence(e.getMessage()));
        }
        return key;
    }

    /**
     * Decodes a part of a target. Only the characters that RFC 3986 allows there may stand for themselves.
     *
     * @param inQuery whether {@code /} and {@code ?} are allowed and {@code +} means a space
     */
    static byte[] decode(String text, int start, int end, boolean inQuery) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(end - start);
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            if (c == '%') {
                int high = i + 2 < end ? Character.digit(text.charAt(i + 1), 16) : -1;
                int low = i + 2 < end ? Character.digit(text.charAt(i + 2), 16) : -1;
                if (high < 0 || low < 0) {
                    throw new RequestException(
                            ProblemType.INVALID_REQUEST,
                            "A '%' in the target is not followed by two hexadecimal digits.");
                }
                bytes.write(high << 4 | low);
                i += 2;
            } else if (inQuery && c == '+') {
                bytes.write(' ');
            } else if (mayStandForItself(c) || (inQuery && (c == '/' || c == '?'))) {
                bytes.write(c);
            } else {
                throw new RequestException(
                        ProblemType.INVALID_REQUEST,
                        "The target has a character that must be percent-encoded (U+" + Integer.toHexString(c) + ").");
            }
        }
        return bytes.toByteArray();
    }

    private static boolean mayStandForItself(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || "-._~!$&'()*+,;=:@".indexOf(c) >= 0;
    }
}
