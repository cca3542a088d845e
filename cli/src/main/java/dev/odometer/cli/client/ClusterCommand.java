package dev.odometer.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.odometer.cli.console.Display;
import dev.odometer.cli.console.ExitCode;
import dev.odometer.cli.console.Surroundings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Shows the nodes and who owns which shard. */
@Command(
        name = "cluster",
        description = "Show the nodes, and each shard's owner, as the node that is asked sees them.",
        footer = {
            "",
            "Examples:",
            "  odometer cluster status",
            "  odometer cluster status --url http://127.0.0.1:7600",
            "  odometer cluster status --json | jq '.shards[].owner'"
        })
public final class ClusterCommand extends ClientCommand {
    private static final String STATUS = "status";

    @Parameters(arity = "1", paramLabel = STATUS, description = "What to show; 'status' is all there is.")
    @SuppressWarnings("NullAway.Init")
    private String what;

    /** Creates the command. */
    public ClusterCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int run(Remote remote) throws Exception {
        if (!what.equals(STATUS)) {
            throw usage("'" + what + "' is nothing that can be shown of a cluster; expected '" + STATUS + "'");
        }
        JsonNode cluster = remote.read("/v1/cluster").orRefuse().body();
        if (isJson()) {
            print(cluster.toString());
            return ExitCode.OK;
        }
        Map<String, Long> shards = new TreeMap<>();
        Map<String, Long> counters = new TreeMap<>();
        for (JsonNode shard : cluster.path("shards")) {
            String owner = shard.path("owner").asText();
            shards.merge(owner, 1L, Long::sum);
            counters.merge(owner, shard.path("counters").asLong(), Long::sum);
        }
        List<List<String>> nodes = new ArrayList<>();
        nodes.add(List.of("NODE", "STATE", "SHARDS", "COUNTERS", "ADDRESS", "HTTP", "REDIS", "VERSION"));
        for (JsonNode node : cluster.path("members")) {
            String name = node.path("name").asText();
            nodes.add(List.of(
                    name,
                    node.path("state").asText(),
                    Display.number(shards.getOrDefault(name, 0L)),
                    Display.number(counters.getOrDefault(name, 0L)),
                    orDash(node.path("address")),
                    orDash(node.path("http")),
                    orDash(node.path("redis")),
                    node.path("version").asText()));
        }
        print("Node " + cluster.path("self").asText() + ", membership: "
                + cluster.path("membership").asText());
        table(nodes);
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("SHARD", "OWNER", "EPOCH", "SEQUENCE", "COUNTERS"));
        for (JsonNode shard : cluster.path("shards")) {
            rows.add(List.of(
                    shard.path("shard").asText(),
                    orDash(shard.path("owner")),
                    shard.path("epoch").asText(),
                    shard.path("sequence").asText(),
                    Display.number(shard.path("counters").asLong())));
        }
        table(rows);
        return ExitCode.OK;
    }

    private void table(List<List<String>> rows) {
        List<Integer> widths = new ArrayList<>(Collections.nCopies(rows.get(0).size(), 0));
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                widths.set(i, Math.max(widths.get(i), row.get(i).length()));
            }
        }
        print("");
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                line.append(row.get(i))
                        .append(" ".repeat(widths.get(i) - row.get(i).length() + 2));
            }
            print(line.toString().stripTrailing());
        }
    }

    private static String orDash(JsonNode text) {
        return text.asText().isEmpty() ? "-" : text.asText();
    }
}
