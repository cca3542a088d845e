package dev.odometer.cli.config;

import java.util.List;

/** The configuration is wrong; carries everything that is wrong with it. Nothing has been started. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    /** Creates the exception from at least one problem. */
    public ConfigException(List<String> problems) {
        super(message(problems));
        this.problems = List.copyOf(problems);
    }

    /** Each problem in a sentence without a full stop. */
    public List<String> problems() {
        return problems;
    }

    /** All problems in one text. */
    public String text() {
        return message(problems);
    }

    private static String message(List<String> problems) {
        if (problems.size() == 1) {
            return problems.get(0);
        }
        return problems.size() + " problems in the configuration:\n  - " + String.join("\n  - ", problems);
    }
}
