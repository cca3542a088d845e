package dev.odometer.cli.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.odometer.cli.console.ExitCode;
import dev.odometer.cli.console.Surroundings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Adds to a counter, exactly once. */
@Command(
        name = "add",
        description = {
            "Add to a counter and print its new value.",
            "",
            "A counter that does not exist starts at 0. The add has an idempotency key of its own, so that it counts "
                    + "once although it is sent again where the connection breaks or the server restarts."
        },
        footer = {
            "",
            "Examples:",
            "  odometer add orders            add 1",
            "  odometer add orders 5          add 5",
            "  odometer add orders -5         take 5 away",
            "  odometer add mails --idempotency-key mail-4711",
            "                                 however often this runs within the window: 1"
        })
public final class AddCommand extends ClientCommand {
    @Parameters(index = "0", paramLabel = "KEY", description = "The counter.")
    @SuppressWarnings("NullAway.Init")
    private String key;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "DELTA",
            defaultValue = "1",
            description = "What to add. Default: 1.")
    @SuppressWarnings("NullAway.Init")
    private String delta;

    @Option(names = "--idempotency-key", paramLabel = "ID", description = "Name this add: the same name counts once.")
    private @Nullable String idempotencyKey;

    /** Creates the command. */
    public AddCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int run(Remote remote) throws Exception {
        String counter = key(key);
        ObjectNode body = remote.json().createObjectNode().put("delta", number("DELTA", delta));
        String id = idempotencyKey == null ? remote.newIdempotencyKey() : idempotencyKey;
        Reply reply = remote.write(
                        "POST",
                        Remote.counter(counter) + "/add",
                        body.toString(),
                        id,
                        "send it again with --idempotency-key " + id + ", which counts once")
                .orRefuse();
        print(isJson() ? reply.body().toString() : reply.body().path("value").asText());
        return ExitCode.OK;
    }
}
