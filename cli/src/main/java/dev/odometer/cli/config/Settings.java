package dev.odometer.cli.config;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The effective configuration: for each setting its value and where that came from. Immutable. */
public final class Settings {
    private final Map<Setting, Value> values;

    Settings(Map<Setting, Value> values) {
        this.values = new EnumMap<>(values);
    }

    /**
     * A setting's value.
     *
     * @param text as it was written; empty where the setting is not set and has no default
     * @param parsed the value itself; null where it is not set
     * @param origin where it came from: {@code default}, {@code --http-port}, {@code ODOMETER_HTTP_PORT} or {@code
     *     odometer.yaml}
     */
    record Value(String text, @Nullable Object parsed, String origin) {
        static final String DEFAULT = "default";
    }

    /** A whole number. */
    public int integer(Setting setting) {
        return (Integer) required(setting);
    }

    /** A text. */
    public String text(Setting setting) {
        return (String) required(setting);
    }

    /** A text that may be absent. */
    public @Nullable String textOrNull(Setting setting) {
        return (String) value(setting).parsed();
    }

    /** A duration, in milliseconds. */
    public long millis(Setting setting) {
        return ((Duration) required(setting)).toMillis();
    }

    /** True or false. */
    public boolean flag(Setting setting) {
        return (Boolean) required(setting);
    }

    /** Whether somebody said it: it is not the default. */
    public boolean isSaid(Setting setting) {
        return !value(setting).origin().equals(Value.DEFAULT);
    }

    /**
     * The effective configuration as a file that {@code --config} takes, with each value's origin as a comment;
     * secrets are left out.
     */
    public String print() {
        StringBuilder out = new StringBuilder();
        for (Setting setting : Setting.values()) {
            Value value = value(setting);
            String line;
            if (value.parsed() == null) {
                line = "# " + setting.key() + ": (not set)";
            } else if (setting.isSecret()) {
                line = "# " + setting.key() + ": (set, not shown)";
            } else {
                line = setting.key() + ": " + yaml(value.text());
            }
            out.append(String.format("%-42s # %s%n", line, value.origin()));
        }
        return out.toString();
    }

    private static String yaml(String text) {
        boolean plain = text.matches("[A-Za-z0-9./_][A-Za-z0-9./_-]*");
        return plain ? text : "'" + text.replace("'", "''") + "'";
    }

    private Object required(Setting setting) {
        Object parsed = value(setting).parsed();
        if (parsed == null) {
            throw new IllegalStateException(setting.key() + " has no value");
        }
        return parsed;
    }

    private Value value(Setting setting) {
        Value value = values.get(setting);
        if (value == null) {
            throw new IllegalStateException(setting.key() + " was not loaded");
        }
        return value;
    }
}
