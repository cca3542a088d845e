package dev.odometer.server.redis;

import java.util.Arrays;

/**
 * Redis's glob patterns on bytes: {@code *}, {@code ?}, {@code [a-z]}, {@code [^a]} and a backslash before what is
 * meant literally. Takes time proportional to the product of both lengths at most. Immutable.
 */
final class Glob {
    /** The longest pattern, in bytes: no key is longer than 256, and matching takes time on the one thread. */
    static final int MAX_BYTES = 512;

    private final byte[] pattern;
    private final byte[] literalPrefix;

    Glob(byte[] pattern) {
        this.pattern = pattern;
        this.literalPrefix = prefixOf(pattern);
    }

    /** What every match starts with. */
    byte[] literalPrefix() {
        return literalPrefix;
    }

    /** Whether the pattern matches all of the text. */
    boolean matches(byte[] text) {
        int p = 0;
        int t = 0;
        int star = -1;
        int starText = 0;
        while (t < text.length) {
            if (p < pattern.length && pattern[p] == '*') {
                star = p++;
                starText = t;
                continue;
            }
            int next = p < pattern.length ? one(p, text[t]) : -1;
            if (next >= 0) {
                p = next;
                t++;
            } else if (star >= 0) {
                p = star + 1;
                t = ++starText;
            } else {
                return false;
            }
        }
        while (p < pattern.length && pattern[p] == '*') {
            p++;
        }
        return p == pattern.length;
    }

    /** Where the pattern goes on after its element at {@code p} has matched one byte; -1 where it does not match. */
    private int one(int p, byte b) {
        switch (pattern[p]) {
            case '?':
                return p + 1;
            case '[':
                return set(p + 1, b & 0xFF);
            case '\\':
                if (p + 1 < pattern.length) {
                    return pattern[p + 1] == b ? p + 2 : -1;
                }
                return b == '\\' ? p + 1 : -1;
            default:
                return pattern[p] == b ? p + 1 : -1;
        }
    }

    private int set(int from, int b) {
        int p = from;
        boolean not = p < pattern.length && pattern[p] == '^';
        if (not) {
            p++;
        }
        boolean found = false;
        // A set that is not closed ends with the pattern, as in Redis.
        while (p < pattern.length && pattern[p] != ']') {
            if (pattern[p] == '\\' && p + 1 < pattern.length) {
                found |= (pattern[p + 1] & 0xFF) == b;
                p += 2;
            } else if (p + 2 < pattern.length && pattern[p + 1] == '-') {
                int low = pattern[p] & 0xFF;
                int high = pattern[p + 2] & 0xFF;
                found |= b >= Math.min(low, high) && b <= Math.max(low, high);
                p += 3;
            } else {
                found |= (pattern[p] & 0xFF) == b;
                p++;
            }
        }
        if (found == not) {
            return -1;
        }
        return Math.min(p + 1, pattern.length);
    }

    private static byte[] prefixOf(byte[] pattern) {
        byte[] prefix = new byte[pattern.length];
        int length = 0;
        int p = 0;
        while (p < pattern.length && pattern[p] != '*' && pattern[p] != '?' && pattern[p] != '[') {
            if (pattern[p] == '\\' && p + 1 < pattern.length) {
                p++;
            }
            prefix[length++] = pattern[p++];
        }
        return Arrays.copyOf(prefix, length);
    }
}
