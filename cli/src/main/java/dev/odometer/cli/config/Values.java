package dev.odometer.cli.config;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the texts of flags, variables and files become values. Each method throws {@link IllegalArgumentException}
 * with what is expected.
 */
public final class Values {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,12})(ms|s|m|h|d)");

    private static final Pattern ADDRESS =
            Pattern.compile("(?:\\[([0-9A-Fa-f:.%]+)]|([^:\\[\\]\\s,]{1,255})):(\\d{1,5})");

    private Values() {}

    /** A whole number from {@code min} to {@code max}; {@code 500_000} is allowed. */
    public static int integer(String text, int min, int max) {
        long value;
        try {
            value = Long.parseLong(text.replace("_", ""));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("is not a whole number; expected " + min + " to " + max, e);
        }
        if (value < min || value > max) {
            throw new IllegalArgumentException("is out of range; expected " + min + " to " + max);
        }
        return (int) value;
    }

    /** A duration such as 500ms, 60s, 5m, 1h or 7d, between two others. */
    public static Duration duration(String text, Duration min, Duration max) {
        Matcher matcher = DURATION.matcher(text.toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new IllegalArgumentException("is not a duration; expected something like 500ms, 60s, 5m, 1h or 7d");
        }
        long amount = Long.parseLong(matcher.group(1));
        Duration value = switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException("is out of range; expected " + show(min) + " to " + show(max));
        }
        return value;
    }

    /** The shortest text that {@link #duration} reads as this duration. */
    public static String show(Duration duration) {
        long millis = duration.toMillis();
        if (millis % 1000 != 0 || millis == 0) {
            return millis + "ms";
        }
        long seconds = millis / 1000;
        if (seconds % 86_400 == 0) {
            return seconds / 86_400 + "d";
        }
        if (seconds % 3_600 == 0) {
            return seconds / 3_600 + "h";
        }
        return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }

    /** {@code true} or {@code false}. */
    public static boolean flag(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("is neither true nor false");
        };
    }

    /** One of some words, in lower case. */
    public static String oneOf(String text, List<String> words) {
        String word = text.toLowerCase(Locale.ROOT);
        if (!words.contains(word)) {
            throw new IllegalArgumentException("is not known; expected one of " + String.join(", ", words));
        }
        return word;
    }

    /** Text of 1 to {@code max} characters without control characters. */
    public static String text(String text, int max) {
        if (text.isEmpty() || text.length() > max) {
            throw new IllegalArgumentException("has " + text.length() + " characters; expected 1 to " + max);
        }
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("has a control character");
        }
        return text;
    }

    /** A node's name: 1 to 64 letters, digits, dots, dashes and underscores. */
    public static String name(String text) {
        if (!text.matches("[A-Za-z0-9._-]{1,64}")) {
            throw new IllegalArgumentException("is not a name; expected 1 to 64 letters, digits, '.', '-' or '_'");
        }
        return text;
    }

    /** A keyspace of Cassandra: 1 to 48 lower-case letters, digits and underscores, a letter first. */
    public static String keyspace(String text) {
        if (!text.matches("[a-z][a-z0-9_]{0,47}")) {
            throw new IllegalArgumentException("is no keyspace; expected 1 to 48 of a-z, 0-9 and '_', a letter first");
        }
        return text;
    }

    /** 1 to {@code max} addresses with ports, such as {@code 10.0.0.1:9042,[::1]:9042}, as they are written. */
    public static String addresses(String text, int max) {
        String[] parts = text.split(",", -1);
        if (parts.length > max) {
            throw new IllegalArgumentException("has " + parts.length + " addresses; expected 1 to " + max);
        }
        for (String part : parts) {
            address(part);
        }
        return text;
    }

    /** An address with a port, not resolved. */
    public static InetSocketAddress address(String text) {
        Matcher matcher = ADDRESS.matcher(text.strip());
        int port = matcher.matches() ? Integer.parseInt(matcher.group(3)) : 0;
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("has '" + text + "', which is no address; expected HOST:PORT");
        }
        String host = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
        return InetSocketAddress.createUnresolved(host, port);
    }
}
