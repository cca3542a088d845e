package dev.odometer.cli.console;

import java.util.Locale;

/** How values are shown to people. */
public final class Display {
    private Display() {}

    /**
     * A key fit for a terminal: control and formatting characters, which could move the cursor or reverse the line,
     * become escapes.
     */
    public static String key(String key) {
        StringBuilder out = null;
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            boolean hidden =
                    Character.isISOControl(c) || Character.getType(c) == Character.FORMAT || c == 0x2028 || c == 0x2029;
            if (hidden && out == null) {
                out = new StringBuilder(key.length() + 8).append(key, 0, i);
            }
            if (out != null) {
                out.append(hidden ? String.format(Locale.ROOT, "\\u%04x", (int) c) : String.valueOf(c));
            }
        }
        return out == null ? key : out.toString();
    }

    /** A number with thousands separated by commas. */
    public static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** How many counters, in words. */
    public static String counters(long count) {
        return number(count) + (count == 1 ? " counter" : " counters");
    }

    /** Nanoseconds as seconds. */
    public static String seconds(long nanos) {
        double seconds = nanos / 1e9;
        return String.format(Locale.ROOT, seconds < 1 ? "%.2f s" : "%.1f s", seconds);
    }
}
