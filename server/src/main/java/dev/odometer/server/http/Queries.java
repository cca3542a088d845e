package dev.odometer.server.http;

import dev.odometer.engine.model.InvalidKeyException;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.model.Limits;
import org.jspecify.annotations.Nullable;

/**
 * Reads query strings. Unknown, repeated and malformed parameters are errors: a misspelt one must not list
 * everything.
 */
final class Queries {
    private static final int DEFAULT_LIMIT = 100;

    private Queries() {}

    /** Returns if the query is empty. */
    static void none(String query) {
        if (!query.isEmpty()) {
            throw parameter("This path takes no query parameters.");
        }
    }

    /** Whether a read is to ask the store first: {@code consistency=linearizable}. */
    static boolean linearizable(String query) {
        return switch (query) {
            case "", "consistency=default" -> false;
            case "consistency=linearizable" -> true;
            default -> throw parameter("This path takes one query parameter: consistency, default or linearizable.");
        };
    }

    /** The parameters of a listing. */
    static Listing listing(String query) {
        Listing listing = new Listing();
        int start = 0;
        while (start < query.length()) {
            int end = query.indexOf('&', start);
            end = end < 0 ? query.length() : end;
            int equals = query.indexOf('=', start);
            if (equals < 0 || equals > end) {
                throw parameter("A query parameter has no value.");
            }
            listing.take(query.substring(start, equals), Target.decode(query, equals + 1, end, true));
            start = end + 1;
        }
        return listing;
    }

    private static RequestException parameter(String detail) {
        return new RequestException(ProblemType.INVALID_PARAMETER, detail);
    }

    /** What to list. */
    static final class Listing {
        private byte @Nullable [] prefix;
        private byte @Nullable [] after;
        private int limit;

        byte[] prefix() {
            return prefix == null ? new byte[0] : prefix;
        }

        /** The key to go on after; null from the start. */
        @Nullable
        Key after() {
            if (after == null || after.length == 0) {
                return null;
            }
            try {
                return Key.of(after, 0, after.length);
            } catch (InvalidKeyException e) {
                throw parameter("'after' cannot be a key: " + e.getMessage() + ".");
            }
        }

        int limit() {
            return limit == 0 ? DEFAULT_LIMIT : limit;
        }

        private void take(String name, byte[] value) {
            switch (name) {
                case "prefix" -> {
                    once(name, prefix == null);
                    prefix = checkedPrefix(value);
                }
                case "after" -> {
                    once(name, after == null);
                    after = value;
                }
                case "limit" -> {
                    once(name, limit == 0);
                    limit = checkedLimit(value);
                }
                default -> throw parameter("Unknown query parameter; known are prefix, limit and after.");
            }
        }

        private static void once(String name, boolean first) {
            if (!first) {
                throw parameter("'" + name + "' is given twice.");
            }
        }

        private static byte[] checkedPrefix(byte[] value) {
            if (value.length > Limits.MAX_KEY_BYTES) {
                throw parameter(
                        "'prefix' has " + value.length + " bytes; a key has at most " + Limits.MAX_KEY_BYTES + ".");
            }
            String text = Texts.utf8(value, ProblemType.INVALID_PARAMETER, "'prefix' is not valid UTF-8.");
            if (text.chars().anyMatch(c -> c < 0x20 || c == 0x7F)) {
                throw parameter("'prefix' has a control character.");
            }
            return value;
        }

        private static int checkedLimit(byte[] value) {
            int number = 0;
            for (byte digit : value) {
                boolean fits = digit >= '0' && digit <= '9' && number <= Limits.MAX_PAGE;
                number = fits ? number * 10 + digit - '0' : Integer.MAX_VALUE;
            }
            if (number < 1 || number > Limits.MAX_PAGE) {
                throw parameter("'limit' must be a whole number from 1 to " + Limits.MAX_PAGE + ".");
            }
            return number;
        }
    }
}
