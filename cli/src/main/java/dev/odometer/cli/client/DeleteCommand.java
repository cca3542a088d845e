package dev.odometer.cli.client;

import dev.odometer.cli.console.Display;
import dev.odometer.cli.console.ExitCode;
import dev.odometer.cli.console.Surroundings;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Deletes counters. */
@Command(
        name = "delete",
        description = {"Delete counters.", "", "Exits with 1 where one was absent; the others are deleted all the same."
        },
        footer = {"", "Examples:", "  odometer delete orders", "  odometer delete test/1 test/2 --json"})
public final class DeleteCommand extends ClientCommand {
    @Parameters(arity = "1..*", paramLabel = "KEY", description = "The counters.")
    @SuppressWarnings("NullAway.Init")
    private List<String> keys;

    /** Creates the command. */
    public DeleteCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int run(Remote remote) throws Exception {
        keys.forEach(this::key);
        int exitCode = ExitCode.OK;
        for (String key : keys) {
            Reply reply = remote.write(
                    "DELETE",
                    Remote.counter(key),
                    null,
                    remote.newIdempotencyKey(),
                    "the same command deletes it again");
            boolean deleted = !reply.isAbsent();
            if (deleted) {
                reply.orRefuse();
            } else {
                exitCode = ExitCode.REFUSED;
            }
            if (isJson()) {
                print(remote.json()
                        .createObjectNode()
                        .put("key", key)
                        .put("deleted", deleted)
                        .toString());
            } else {
                print((deleted ? "deleted " : "absent  ") + Display.key(key));
            }
        }
        return exitCode;
    }
}
