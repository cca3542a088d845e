package dev.odometer.engine.membership;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a node publishes about itself. Immutable, and never changed while the process lives.
 *
 * <p>As a text it is lines of {@code key=value}, the format's version first. A reader ignores keys that it does not
 * know, so that newer versions can add some; the format's number is raised only when older readers must not read it:
 *
 * <pre>
 * format=1
 * name=n1
 * incarnation=5b1f0c2e9d7a4e63
 * address=10.0.0.1:7710
 * http=10.0.0.1:7700
 * redis=10.0.0.1:6379
 * version=0.1.0
 * started=1767225600000
 * </pre>
 *
 * @param name the node's name, which it keeps over restarts: 1 to 64 letters, digits, {@code . _ -}, the first one a
 *     letter or digit
 * @param incarnation a fresh random id of the process, of the same shape as a name
 * @param address {@code host:port} for calls between nodes
 * @param httpAddress {@code host:port} of the HTTP API, or empty where there is none
 * @param redisAddress {@code host:port} of the Redis protocol, or empty where there is none
 * @param version the version of the software: 1 to 64 printable ASCII characters
 * @param startedMillis when the process started, in milliseconds since 1970 by its own clock
 */
public record Member(
        String name,
        String incarnation,
        String address,
        String httpAddress,
        String redisAddress,
        String version,
        long startedMillis) {
    /** The longest text that {@link #encode} makes, in characters; {@link #decode} takes longer ones, up to 64 KiB. */
    public static final int MAX_TEXT = 1_280;

    private static final int MAX_FOREIGN_TEXT = 1 << 16;
    private static final String FORMAT = "1";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final Pattern ADDRESS = Pattern.compile("[!-~]{1,255}:[0-9]{1,5}");
    private static final Pattern VERSION = Pattern.compile("[ -~]{1,64}");

    /** Checks the bounds; reports all that are wrong together. */
    public Member {
        StringBuilder wrong = new StringBuilder();
        check(wrong, "name", name, NAME);
        check(wrong, "incarnation", incarnation, NAME);
        check(wrong, "address", address, ADDRESS);
        checkUnlessEmpty(wrong, "httpAddress", httpAddress);
        checkUnlessEmpty(wrong, "redisAddress", redisAddress);
        check(wrong, "version", version, VERSION);
        if (startedMillis < 0) {
            wrong.append("startedMillis is ").append(startedMillis).append(", must not be negative; ");
        }
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException(wrong.toString());
        }
    }

    /** Whether both are the same process, and not only the same node. */
    public boolean sameProcess(Member other) {
        return name.equals(other.name) && incarnation.equals(other.incarnation);
    }

    /** The member as a text, which {@link #decode} reads. */
    public String encode() {
        return "format=" + FORMAT
                + "\nname=" + name
                + "\nincarnation=" + incarnation
                + "\naddress=" + address
                + "\nhttp=" + httpAddress
                + "\nredis=" + redisAddress
                + "\nversion=" + version
                + "\nstarted=" + startedMillis
                + "\n";
    }

    /**
     * Reads what {@link #encode} made, also of a newer version.
     *
     * @throws IllegalArgumentException if the text is no member, or of a format that this version must not read
     */
    public static Member decode(String text) {
        if (text.length() > MAX_FOREIGN_TEXT) {
            throw new IllegalArgumentException("a member's text of " + text.length() + " characters");
        }
        Map<String, String> values = new HashMap<>();
        text.lines().forEach(line -> {
            int at = line.indexOf('=');
            if (at > 0) {
                values.putIfAbsent(line.substring(0, at), line.substring(at + 1));
            }
        });
        String format = values.getOrDefault("format", "none");
        if (!format.equals(FORMAT)) {
            throw new IllegalArgumentException(
                    "a member's text of format " + format + ", this version reads " + FORMAT);
        }
        return new Member(
                values.getOrDefault("name", ""),
                values.getOrDefault("incarnation", ""),
                values.getOrDefault("address", ""),
                values.getOrDefault("http", ""),
                values.getOrDefault("redis", ""),
                values.getOrDefault("version", ""),
                Long.parseLong(values.getOrDefault("started", "")));
    }

    private static void checkUnlessEmpty(StringBuilder wrong, String what, String address) {
        if (!address.isEmpty()) {
            check(wrong, what, address, ADDRESS);
        }
    }

    private static void check(StringBuilder wrong, String what, String value, Pattern shape) {
        if (!shape.matcher(value).matches()) {
            wrong.append(what).append(" is \"").append(value, 0, Math.min(80, value.length()));
            wrong.append("\", must match ").append(shape).append("; ");
        }
    }
}
