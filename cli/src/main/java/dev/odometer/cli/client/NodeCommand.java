package dev.odometer.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.odometer.cli.console.CommandException;
import dev.odometer.cli.console.Display;
import dev.odometer.cli.console.ExitCode;
import dev.odometer.cli.console.Surroundings;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Drains a node: it hands its shards over and ends. */
@Command(
        name = "node",
        description = {
            "Drain a node: /readyz turns 503, its shards are handed over, what was accepted is answered, and it ends.",
            "",
            "It is what SIGTERM does, and waits until the node takes no more connections. Only on the node's own"
                    + " machine."
        },
        footer = {
            "",
            "Examples:",
            "  odometer node drain                                    the node at --url",
            "  odometer node drain n2                                 the node with this name on this machine",
            "  odometer node drain --url http://127.0.0.1:7610"
        })
public final class NodeCommand extends ClientCommand {
    private static final String DRAIN = "drain";
    private static final long LIMIT_NANOS = 75_000_000_000L; // the longest --drain-delay, and a stop
    private static final long LOOK_MILLIS = 50;

    @Parameters(index = "0", paramLabel = DRAIN, description = "What to do; 'drain' is all there is.")
    @SuppressWarnings("NullAway.Init")
    private String what;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "NAME",
            description = "The node's name; without it, the node at --url.")
    private @Nullable String name;

    /** Creates the command. */
    public NodeCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int run(Remote remote) throws Exception {
        if (!what.equals(DRAIN)) {
            throw usage("'" + what + "' is nothing that can be done with a node; expected '" + DRAIN + "'");
        }
        Remote node = name == null ? remote : find(remote, name);
        long start = surroundings().nanos().getAsLong();
        String drained =
                node.ask("/v1/node/drain").orRefuse().body().path("node").asText();
        while (node.isThere()) {
            if (surroundings().nanos().getAsLong() - start > LIMIT_NANOS) {
                throw new CommandException(
                        ExitCode.TRY_AGAIN, "node '" + drained + "' drains, but still answers; its log says more");
            }
            surroundings().pause().millis(LOOK_MILLIS);
        }
        long nanos = surroundings().nanos().getAsLong() - start;
        if (isJson()) {
            print(remote.json()
                    .createObjectNode()
                    .put("node", drained)
                    .put("drained", true)
                    .toString());
        } else {
            print("drained " + drained + " in " + Display.seconds(nanos));
        }
        return ExitCode.OK;
    }

    private Remote find(Remote remote, String wanted) throws InterruptedException {
        JsonNode cluster = remote.read("/v1/cluster").orRefuse().body();
        if (cluster.path("self").asText().equals(wanted)) {
            return remote;
        }
        Map<String, String> addresses = new TreeMap<>();
        cluster.path("members")
                .forEach(member -> addresses.put(
                        member.path("name").asText(), member.path("http").asText()));
        String address = addresses.get(wanted);
        if (address == null) {
            throw new CommandException(
                    ExitCode.REFUSED,
                    "there is no node '" + wanted + "'; the cluster has " + String.join(", ", addresses.keySet()));
        }
        return at("http://" + address);
    }
}
