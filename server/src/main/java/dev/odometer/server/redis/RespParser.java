package dev.odometer.server.redis;

/**
 * Finds the next command in received bytes: an array of bulk strings, or an inline line. It keeps nothing between
 * calls, so that a stream cut anywhere gives the same commands and errors; it allocates nothing for arrays.
 *
 * <p>Error texts are Redis's where Redis has one. Like Redis, it does not look at the two bytes that end a bulk string.
 */
final class RespParser {
    /** What {@link #parse} found. */
    enum Found {
        /** A command; {@link #end()} is behind it. */
        COMMAND,
        /** An empty command, which has no answer; {@link #end()} is behind it. */
        NOTHING,
        /** The command goes on in bytes still to come; it ends at {@link #end()} at the earliest. */
        MORE,
        /** Not the protocol; {@link #error()} says what is wrong. The connection cannot go on. */
        ERROR
    }

    /** The longest line, in bytes: an inline command, or a number that announces what follows. */
    static final int MAX_LINE_BYTES = 64 * 1024;

    /** What a client that has not authenticated may send at most. */
    private static final int MAX_UNAUTHENTICATED_ARGUMENTS = 10;

    private static final int MAX_UNAUTHENTICATED_BULK_BYTES = 16 * 1024;

    /** The fewest bytes of an argument: {@code $0\r\n\r\n}. */
    private static final int MIN_ARGUMENT_BYTES = 6;

    private final int maxArguments;
    private final int maxBulkBytes;
    private final int maxCommandBytes;

    private int end;
    private String error = "";
    private int number;

    RespParser(int maxArguments, int maxBulkBytes, int maxCommandBytes) {
        this.maxArguments = maxArguments;
        this.maxBulkBytes = maxBulkBytes;
        this.maxCommandBytes = maxCommandBytes;
    }

    int end() {
        return end;
    }

    String error() {
        return error;
    }

    /**
     * Parses the command at {@code from}; the bytes received end at {@code to}, which is greater.
     *
     * @param trusted whether the client may send large commands: it has authenticated, or need not
     */
    Found parse(byte[] bytes, int from, int to, Arguments into, boolean trusted) {
        if (bytes[from] != '*') {
            return parseInline(bytes, from, to, into);
        }
        Found counted = parseNumber(bytes, from + 1, to, "mbulk count", "multibulk length");
        if (counted != Found.COMMAND) {
            return counted;
        }
        int arguments = number;
        if (arguments > maxArguments) {
            return wrong("invalid multibulk length");
        }
        if (arguments <= 0) {
            return Found.NOTHING;
        }
        if (!trusted && arguments > MAX_UNAUTHENTICATED_ARGUMENTS) {
            return wrong("unauthenticated multibulk length");
        }
        into.start(bytes, arguments);
        return parseArguments(bytes, from, to, arguments, into, trusted);
    }

    private Found parseArguments(byte[] bytes, int from, int to, int count, Arguments into, boolean trusted) {
        int position = end;
        for (int left = count; left > 0; left--) {
            if (position >= to) {
                return more(position, left);
            }
            if (bytes[position] != '$') {
                return wrong("expected '$', got '" + (char) (bytes[position] & 0xFF) + "'");
            }
            Found sized = parseNumber(bytes, position + 1, to, "bulk count", "bulk length");
            if (sized != Found.COMMAND) {
                return sized == Found.MORE ? more(end, left - 1) : sized;
            }
            int length = number;
            if (length < 0 || length > maxBulkBytes) {
                return wrong("invalid bulk length");
            }
            if (!trusted && length > MAX_UNAUTHENTICATED_BULK_BYTES) {
                return wrong("unauthenticated bulk length");
            }
            int data = end;
            position = data + length + 2;
            if (position - from > maxCommandBytes) {
                return wrong("too big command, at most " + maxCommandBytes + " bytes are allowed");
            }
            if (position > to) {
                return more(position, left - 1);
            }
            into.append(data, length);
        }
        end = position;
        return Found.COMMAND;
    }

    /**
     * Reads a number and its line end at {@code from} into {@link #number}, clamped to 32 bits; {@link #end} is behind
     * it.
     */
    private Found parseNumber(byte[] bytes, int from, int to, String line, String what) {
        int position = from;
        int value = 0;
        while (position < to && position - from < 9) {
            int digit = bytes[position] - '0';
            if (digit < 0 || digit > 9) {
                break;
            }
            value = value * 10 + digit;
            position++;
        }
        boolean canonical = position > from && (bytes[from] != '0' || position == from + 1);
        if (canonical && position + 1 < to && bytes[position] == '\r') {
            number = value;
            end = position + 2;
            return Found.COMMAND;
        }
        return parseNumberSlowly(bytes, from, to, line, what);
    }

    private Found parseNumberSlowly(byte[] bytes, int from, int to, String line, String what) {
        int position = from;
        while (position < to && bytes[position] != '\r') {
            position++;
        }
        if (position - from > MAX_LINE_BYTES) {
            return wrong("too big " + line + " string");
        }
        if (position + 1 >= to) {
            end = position == to ? to + 2 : to + 1;
            return Found.MORE;
        }
        if (!Numbers.isCanonical(bytes, from, position - from)) {
            return wrong("invalid " + what);
        }
        long value = Numbers.parse(bytes, from, position - from);
        number = (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, value));
        end = position + 2;
        return Found.COMMAND;
    }

    private Found more(int position, int argumentsLeft) {
        end = position + argumentsLeft * MIN_ARGUMENT_BYTES;
        return Found.MORE;
    }

    private Found parseInline(byte[] bytes, int from, int to, Arguments into) {
        int newline = from;
        while (newline < to && bytes[newline] != '\n') {
            newline++;
        }
        if (newline - from > MAX_LINE_BYTES) {
            return wrong("too big inline request");
        }
        if (newline == to) {
            end = to + 1;
            return Found.MORE;
        }
        int lineEnd = newline > from && bytes[newline - 1] == '\r' ? newline - 1 : newline;
        if (!InlineLine.split(bytes, from, lineEnd, into)) {
            return wrong("unbalanced quotes in request");
        }
        end = newline + 1;
        return into.count == 0 ? Found.NOTHING : Found.COMMAND;
    }

    private Found wrong(String what) {
        error = "Protocol error: " + what;
        return Found.ERROR;
    }
}
