package dev.odometer.cli.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.odometer.cli.console.ExitCode;
import dev.odometer.cli.console.Surroundings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Sets a counter. */
@Command(
        name = "set",
        description = "Set a counter to a value, whatever it was, and print it.",
        footer = {"", "Examples:", "  odometer set orders 100", "  odometer set balance -3"})
public final class SetCommand extends ClientCommand {
    @Parameters(index = "0", paramLabel = "KEY", description = "The counter.")
    @SuppressWarnings("NullAway.Init")
    private String key;

    @Parameters(index = "1", paramLabel = "VALUE", description = "Its new value: a whole number of 64 bits.")
    @SuppressWarnings("NullAway.Init")
    private String value;

    /** Creates the command. */
    public SetCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int run(Remote remote) throws Exception {
        ObjectNode body = remote.json().createObjectNode().put("value", number("VALUE", value));
        Reply reply = remote.write(
                        "PUT",
                        Remote.counter(key(key)),
                        body.toString(),
                        remote.newIdempotencyKey(),
                        "the same command sets it again")
                .orRefuse();
        print(isJson() ? reply.body().toString() : reply.body().path("value").asText());
        return ExitCode.OK;
    }
}
