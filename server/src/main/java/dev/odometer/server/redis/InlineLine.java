package dev.odometer.server.redis;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Splits inline commands, the lines that people type. */
final class InlineLine {
    private InlineLine() {}

    /** Splits a line into arguments, as Redis does: "double" quotes with escapes, 'single' ones with none but \'. */
    static boolean split(byte[] bytes, int from, int to, Arguments into) {
        // Unquoted, the arguments take less room than the line.
        byte[] unquoted = new byte[to - from];
        into.start(unquoted, 16);
        int out = 0;
        int in = from;
        while (true) {
            while (in < to && isSpace(bytes[in])) {
                in++;
            }
            if (in == to) {
                return true;
            }
            int start = out;
            boolean quoted = false;
            while (in < to && !isSpace(bytes[in]) && !quoted) {
                int b = bytes[in];
                if (b != '"' && b != '\'') {
                    unquoted[out++] = bytes[in++];
                    continue;
                }
                Quoted rest = unquote(bytes, in + 1, to, b, unquoted, out);
                if (rest == null || (rest.in < to && !isSpace(bytes[rest.in]))) {
                    return false;
                }
                in = rest.in;
                out = rest.out;
                quoted = true;
            }
            into.append(start, out - start);
        }
    }

    private record Quoted(int in, int out) {}

    private static @Nullable Quoted unquote(byte[] bytes, int from, int to, int quote, byte[] unquoted, int at) {
        int out = at;
        int in = from;
        while (in < to) {
            int b = bytes[in++];
            if (b == quote) {
                return new Quoted(in, out);
            }
            if (b != '\\' || in == to) {
                unquoted[out++] = (byte) b;
            } else if (quote == '\'') {
                unquoted[out++] = (byte) (bytes[in] == '\'' ? bytes[in++] : '\\');
            } else if (bytes[in] == 'x' && in + 2 < to && isHex(bytes[in + 1]) && isHex(bytes[in + 2])) {
                unquoted[out++] = (byte) Integer.parseInt(new String(bytes, in + 1, 2, StandardCharsets.US_ASCII), 16);
                in += 3;
            } else {
                unquoted[out++] = (byte) escaped(bytes[in++]);
            }
        }
        return null;
    }

    private static int escaped(int b) {
        return switch (b) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'b' -> '\b';
            case 'a' -> 7;
            default -> b;
        };
    }

    private static boolean isSpace(int b) {
        return b == ' ' || (b >= '\t' && b <= '\r') || b == 0;
    }

    private static boolean isHex(int b) {
        return Character.digit(b, 16) >= 0;
    }
}
