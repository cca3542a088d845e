package dev.odometer.engine;

/** Reads the time that a UUIDv7 carries (RFC 9562), so that one too old to judge is refused instead of guessed. */
final class TimedIdentity {
    private static final int LENGTH = 36;

    private TimedIdentity() {}

    /** The milliseconds since 1970 in a UUIDv7's text; -1 where the text is something else. */
    static long millis(String text) {
        if (text.length() != LENGTH || text.charAt(14) != '7' || "89abAB".indexOf(text.charAt(19)) < 0) {
            return -1;
        }
        long millis = 0;
        for (int i = 0; i < LENGTH; i++) {
            char c = text.charAt(i);
            if (i == 8 || i == 13 || i == 18 || i == 23) {
                if (c != '-') {
                    return -1;
                }
                continue;
            }
            int digit = Character.digit(c, 16);
            if (digit < 0 || c > 'f') {
                return -1;
            }
            if (i < 13) {
                millis = (millis << 4) | digit;
            }
        }
        return millis;
    }
}
