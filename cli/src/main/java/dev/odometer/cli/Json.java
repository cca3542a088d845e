package dev.odometer.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;

/** JSON that is not the server's. */
final class Json {
    private Json() {}

    /** A failure, for scripts. */
    static String error(String message, int exitCode) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("error", message)
                .put("exitCode", exitCode)
                .toString();
    }
}
