package dev.odometer.cli.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.odometer.cli.console.CommandException;
import dev.odometer.cli.console.ExitCode;
import dev.odometer.cli.console.Surroundings;
import dev.odometer.cli.console.Version;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** Prints versions. */
@Command(
        name = "version",
        description = "Print the version of this command and, where one answers, of the server.",
        footer = {"", "Examples:", "  odometer version", "  odometer version --json"})
public final class VersionCommand extends ClientCommand {
    /** Creates the command. */
    public VersionCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int run(Remote remote) throws Exception {
        String server = server(remote);
        if (isJson()) {
            ObjectNode versions = remote.json().createObjectNode().put("client", Version.text());
            print(versions.put("server", server)
                    .put("url", remote.url().toString())
                    .toString());
        } else {
            print("client  " + Version.text());
            print("server  " + (server == null ? "none answers at " + remote.url() : server + " at " + remote.url()));
        }
        return ExitCode.OK;
    }

    private static @Nullable String server(Remote remote) throws InterruptedException {
        try {
            Reply reply = remote.read("/");
            return reply.isOk() ? reply.body().path("version").asText("unknown") : null;
        } catch (CommandException e) {
            return null;
        }
    }
}
