package dev.odometer.store.cassandra;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * In which data centres how many replicas of the keyspace are. Immutable.
 *
 * @param factors replicas by data centre, 1 to 9 each
 */
public record Replication(Map<String, Integer> factors) {
    private static final Pattern PART = Pattern.compile("\\s*([A-Za-z0-9._-]{1,64})\\s*:\\s*([1-9])\\s*");

    /** Checks the bounds. */
    public Replication {
        factors = Map.copyOf(factors);
        if (factors.isEmpty()) {
            throw new IllegalArgumentException("names no data centre");
        }
    }

    /**
     * Reads {@code dc1:3,dc2:3}.
     *
     * @throws IllegalArgumentException with what is expected
     */
    public static Replication parse(String text) {
        Map<String, Integer> factors = new LinkedHashMap<>();
        for (String part : text.split(",", -1)) {
            Matcher matcher = PART.matcher(part);
            if (!matcher.matches()) {
                throw new IllegalArgumentException(
                        "is no replication; expected data centres with 1 to 9 replicas, such as dc1:3 or dc1:3,dc2:3");
            }
            if (factors.put(matcher.group(1), Integer.valueOf(matcher.group(2))) != null) {
                throw new IllegalArgumentException("names the data centre " + matcher.group(1) + " twice");
            }
        }
        return new Replication(factors);
    }

    /** As CQL has it. */
    String cql() {
        return factors.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> ", '" + entry.getKey() + "': " + entry.getValue())
                .collect(Collectors.joining("", "{'class': 'NetworkTopologyStrategy'", "}"));
    }
}
