package dev.odometer.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.odometer.cli.console.CommandException;
import dev.odometer.cli.console.ExitCode;

/**
 * What the server answered.
 *
 * @param status the HTTP status
 * @param body the JSON body; a missing node where there is none
 */
public record Reply(int status, JsonNode body) {
    /** Whether the server did what it was asked. */
    public boolean isOk() {
        return status >= 200 && status < 300;
    }

    /** Whether the counter is absent. */
    public boolean isAbsent() {
        return status == 404 && body.path("type").asText().endsWith("/counter-absent");
    }

    /** This reply if it is a good one.
     *
     * @throws CommandException with the server's own words where it is not */
    public Reply orRefuse() {
        if (isOk()) {
            return this;
        }
        throw new CommandException(exitCode(status), "the server refused (" + status + "): " + reason());
    }

    /** The server's own words. */
    public String reason() {
        String title = body.path("title").asText("");
        String detail = body.path("detail").asText("");
        if (detail.isEmpty()) {
            return title.isEmpty() ? "it gave no reason; is this an Odometer server?" : title;
        }
        return detail;
    }

    static int exitCode(int status) {
        return switch (status) {
            case 429, 502, 503, 504 -> ExitCode.TRY_AGAIN;
            default -> status >= 500 ? ExitCode.INTERNAL : ExitCode.REFUSED;
        };
    }
}
