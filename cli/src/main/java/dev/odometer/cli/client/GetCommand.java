package dev.odometer.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.odometer.cli.console.Display;
import dev.odometer.cli.console.ExitCode;
import dev.odometer.cli.console.Surroundings;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Reads counters. */
@Command(
        name = "get",
        description = {
            "Print the value of a counter, or of several with their keys.",
            "",
            "Exits with 1 where one is absent; the others are printed all the same."
        },
        footer = {
            "",
            "Examples:",
            "  odometer get orders",
            "  odometer get orders errors",
            "  odometer get orders --json     {\"key\":\"orders\",\"value\":42}, or \"value\":null where it is absent"
        })
public final class GetCommand extends ClientCommand {
    @Parameters(arity = "1..*", paramLabel = "KEY", description = "The counters.")
    @SuppressWarnings("NullAway.Init")
    private List<String> keys;

    /** Creates the command. */
    public GetCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int run(Remote remote) throws Exception {
        keys.forEach(this::key);
        int exitCode = ExitCode.OK;
        int width =
                keys.stream().mapToInt(key -> Display.key(key).length()).max().orElse(0);
        for (String key : keys) {
            Reply reply = remote.read(Remote.counter(key));
            JsonNode value = reply.isAbsent() ? null : reply.orRefuse().body().path("value");
            if (value == null) {
                exitCode = ExitCode.REFUSED;
                surroundings().out().flush();
                surroundings().err().println("odometer: the counter '" + Display.key(key) + "' does not exist");
                surroundings().err().flush();
            }
            if (isJson()) {
                ObjectNode line = remote.json().createObjectNode().put("key", key);
                print(line.set("value", value).toString());
            } else if (value != null) {
                String padded = String.format("%-" + width + "s  ", Display.key(key));
                print(keys.size() == 1 ? value.asText() : padded + value.asText());
            }
        }
        return exitCode;
    }
}
