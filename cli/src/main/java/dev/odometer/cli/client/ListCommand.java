package dev.odometer.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.odometer.cli.console.Display;
import dev.odometer.cli.console.ExitCode;
import dev.odometer.cli.console.Surroundings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists counters. */
@Command(
        name = "list",
        description = "List counters in the order of their keys, all of them or those that start with a prefix.",
        footer = {
            "",
            "Examples:",
            "  odometer list",
            "  odometer list http/ --limit 20",
            "  odometer list --json | jq -s 'map(.value) | add'"
        })
public final class ListCommand extends ClientCommand {
    @Parameters(
            arity = "0..1",
            paramLabel = "PREFIX",
            defaultValue = "",
            description = "Only keys that start with this.")
    @SuppressWarnings("NullAway.Init")
    private String prefix;

    @Option(names = "--limit", paramLabel = "N", description = "At most this many. Default: all.")
    private long limit = Long.MAX_VALUE;

    /** Creates the command. */
    public ListCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int run(Remote remote) throws Exception {
        if (limit < 1) {
            throw usage("--limit: " + limit + " is out of range; expected 1 or more");
        }
        Table table = new Table();
        Pages.forEach(remote, prefix, limit, page -> {
            if (isJson()) {
                page.forEach(counter -> print(counter.toString()));
            } else {
                table.print(page);
            }
            return !surroundings().out().checkError(); // flushes; false where the reader has gone
        });
        return ExitCode.OK;
    }

    /** A table whose columns are as wide as the first page needs, and wider where a later page does. */
    private final class Table {
        private int keyWidth = "KEY".length();
        private int valueWidth = "VALUE".length();
        private boolean begun;

        void print(Iterable<JsonNode> page) {
            for (JsonNode counter : page) {
                keyWidth = Math.max(
                        keyWidth, Display.key(counter.path("key").asText()).length());
                valueWidth = Math.max(valueWidth, counter.path("value").asText().length());
            }
            if (!begun) {
                begun = true;
                line("KEY", "VALUE");
            }
            for (JsonNode counter : page) {
                line(
                        Display.key(counter.path("key").asText()),
                        counter.path("value").asText());
            }
        }

        private void line(String key, String value) {
            ListCommand.this.print(String.format("%-" + keyWidth + "s  %" + valueWidth + "s", key, value));
        }
    }
}
