package dev.odometer.engine.model;

/** What makes bytes a key, checked without allocating: the Redis protocol does it for each command. */
public final class KeyRules {
    private KeyRules() {}

    /** Returns if the bytes can be a key.
     *
     * @throws InvalidKeyException where they cannot */
    public static void check(byte[] bytes, int offset, int length) {
        if (length == 0) {
            throw new InvalidKeyException("the key is empty");
        }
        if (length > Limits.MAX_KEY_BYTES) {
            throw tooLong(length);
        }
        int end = offset + length;
        boolean suspicious = false;
        for (int i = offset; i < end; i++) {
            int b = bytes[i];
            if (b < 0x20 || b == 0x7F || b == '.') {
                suspicious =
                        true; // a control character, a byte of a longer sequence (negative) or a possible dot segment
                break;
            }
        }
        if (suspicious) {
            checkControls(bytes, offset, end);
            checkUtf8(bytes, offset, end);
            checkDotSegments(bytes, offset, end);
        }
    }

    static InvalidKeyException tooLong(int length) {
        return new InvalidKeyException(
                "the key has " + length + " bytes; at most " + Limits.MAX_KEY_BYTES + " are allowed");
    }

    private static void checkControls(byte[] bytes, int offset, int end) {
        for (int i = offset; i < end; i++) {
            int b = bytes[i];
            if ((b >= 0 && b < 0x20) || b == 0x7F) {
                throw new InvalidKeyException(
                        "the key has a control character (byte " + b + " at offset " + (i - offset) + ")");
            }
        }
    }

    private static void checkDotSegments(byte[] bytes, int offset, int end) {
        int start = offset;
        for (int i = offset; i <= end; i++) {
            if (i == end || bytes[i] == '/') {
                int length = i - start;
                boolean dots = (length == 1 && bytes[start] == '.')
                        || (length == 2 && bytes[start] == '.' && bytes[start + 1] == '.');
                if (dots) {
                    throw new InvalidKeyException("the key has a '.' or '..' path segment");
                }
                start = i + 1;
            }
        }
    }

    /**
     * Well-formed UTF-8 by the table of the Unicode standard: no overlong forms, surrogates or values above U+10FFFF.
     */
    private static void checkUtf8(byte[] bytes, int offset, int end) {
        int i = offset;
        while (i < end) {
            int first = bytes[i++] & 0xFF;
            if (first < 0x80) {
                continue;
            }
            int more;
            int low = 0x80;
            int high = 0xBF;
            if (first >= 0xC2 && first <= 0xDF) {
                more = 1;
            } else if (first >= 0xE0 && first <= 0xEF) {
                more = 2;
                low = first == 0xE0 ? 0xA0 : 0x80;
                high = first == 0xED ? 0x9F : 0xBF;
            } else if (first >= 0xF0 && first <= 0xF4) {
                more = 3;
                low = first == 0xF0 ? 0x90 : 0x80;
                high = first == 0xF4 ? 0x8F : 0xBF;
            } else {
                throw notUtf8(i - 1 - offset);
            }
            for (int k = 0; k < more; k++) {
                int next = i < end ? bytes[i++] & 0xFF : -1;
                if (next < low || next > high) {
                    throw notUtf8(i - 1 - offset);
                }
                low = 0x80;
                high = 0xBF;
            }
        }
    }

    private static InvalidKeyException notUtf8(int at) {
        return new InvalidKeyException("the key is not valid UTF-8 (at byte " + at + ")");
    }
}
