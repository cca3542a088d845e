package dev.odometer.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.odometer.cli.config.Reasons;
import dev.odometer.cli.console.CommandException;
import dev.odometer.cli.console.Display;
import dev.odometer.cli.console.ExitCode;
import dev.odometer.cli.console.Surroundings;
import dev.odometer.engine.model.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Brings exported counters in. */
@Command(
        name = "import",
        description = {
            "Bring counters in from a file that export wrote.",
            "",
            "The whole file is checked first: a truncated or damaged one changes nothing. It is then sent in "
                    + "batches of "
                    + Limits.MAX_BATCH_OPERATIONS
                    + ". Where that breaks off, run the same command again: within the server's "
                    + "idempotency window (1 h unless configured) a batch that was applied counts once, also with "
                    + "--mode add. "
                    + "After the window, --mode add would add again."
        },
        footer = {
            "",
            "Examples:",
            "  odometer import counters.jsonl               set each counter to the file's value",
            "  odometer import counters.jsonl --mode add    add the file's values to what is there",
            "  odometer export --url http://old:7600 | odometer import -",
            "  printf '{\"key\":\"a\",\"value\":1}\\n' | odometer import - --unsealed"
        })
public final class ImportCommand extends ClientCommand {
    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            defaultValue = "-",
            description = "The file, or - for standard input (the default).")
    @SuppressWarnings("NullAway.Init")
    private String file;

    @Option(names = "--mode", paramLabel = "MODE", defaultValue = "set", description = "set or add. Default: set.")
    @SuppressWarnings("NullAway.Init")
    private Mode mode;

    @Option(names = "--unsealed", description = "Take a file that lacks the last line that export writes.")
    private boolean unsealed;

    /** What is done with a value. */
    enum Mode {
        /** The counter becomes the value. */
        set,
        /** The value is added to the counter. */
        add
    }

    /** Creates the command. */
    public ImportCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int run(Remote remote) throws Exception {
        if (!file.equals("-")) {
            return run(remote, Path.of(file));
        }
        Path copy = Files.createTempFile("odometer-import", ".jsonl"); // it is read twice: to check it, and to send it
        try {
            Files.copy(surroundings().in(), copy, StandardCopyOption.REPLACE_EXISTING);
            return run(remote, copy);
        } finally {
            Files.delete(copy);
        }
    }

    private int run(Remote remote, Path path) throws Exception {
        String fingerprint;
        long total;
        try (DumpReader reader = open(path)) {
            while (reader.next() != null) {
                // Reading is checking.
            }
            fingerprint = reader.fingerprint();
            total = reader.counters();
        }
        Sender sender = new Sender(remote, fingerprint, total);
        try (DumpReader reader = open(path)) {
            DumpLine.Counter counter = reader.next();
            while (counter != null) {
                sender.add(counter);
                counter = reader.next();
            }
        }
        sender.send();
        return sender.report();
    }

    private DumpReader open(Path path) {
        try {
            return new DumpReader(Files.newInputStream(path), unsealed);
        } catch (IOException e) {
            throw new CommandException(ExitCode.IO, path + " cannot be read: " + Reasons.of(e), e);
        }
    }

    /** Sends counters in batches, each under a key that the same file always gives it. */
    private final class Sender {
        private static final int MAX_REPORTED = 10;

        private final Remote remote;
        private final String fingerprint;
        private final long total;
        private final List<DumpLine.Counter> waiting = new ArrayList<>(Limits.MAX_BATCH_OPERATIONS);
        private long batches;
        private long sent;
        private long refused;

        Sender(Remote remote, String fingerprint, long total) {
            this.remote = remote;
            this.fingerprint = fingerprint;
            this.total = total;
        }

        void add(DumpLine.Counter counter) throws InterruptedException {
            waiting.add(counter);
            if (waiting.size() == Limits.MAX_BATCH_OPERATIONS) {
                send();
            }
        }

        void send() throws InterruptedException {
            if (waiting.isEmpty()) {
                return;
            }
            ObjectNode body = remote.json().createObjectNode();
            ArrayNode operations = body.putArray("operations");
            for (DumpLine.Counter counter : waiting) {
                operations
                        .addObject()
                        .put("op", mode.name())
                        .put("key", counter.key().toString())
                        .put(mode == Mode.add ? "delta" : "value", counter.value());
            }
            String id = "import-" + mode + "-" + fingerprint + "-" + batches;
            Reply reply;
            try {
                reply = remote.write("POST", "/v1/batch", body.toString(), id).orRefuse();
            } catch (CommandException e) {
                throw new CommandException(
                        e.exitCode(),
                        e.getMessage() + ". " + sent + " of " + total
                                + " counters were imported, and maybe the next batch; the same command goes on from"
                                + " there",
                        e);
            }
            note(reply);
            sent += waiting.size();
            batches++;
            waiting.clear();
        }

        private void note(Reply reply) {
            JsonNode answers = reply.body().path("answers");
            for (int i = 0; i < waiting.size(); i++) {
                JsonNode answer = answers.path(i);
                if (answer.path("value").isIntegralNumber()) {
                    continue;
                }
                refused++;
                if (refused <= MAX_REPORTED) {
                    surroundings()
                            .err()
                            .println("odometer: not imported: "
                                    + Display.key(waiting.get(i).key().toString()) + ": "
                                    + answer.path("title").asText("no reason given"));
                }
            }
        }

        int report() {
            if (isJson()) {
                print(remote.json()
                        .createObjectNode()
                        .put("counters", sent - refused)
                        .put("refused", refused)
                        .put("batches", batches)
                        .put("mode", mode.name())
                        .toString());
            } else {
                print("imported " + Display.counters(sent - refused) + " (" + mode + ")"
                        + (refused > 0 ? "; refused: " + Display.number(refused) : ""));
            }
            return refused > 0 ? ExitCode.REFUSED : ExitCode.OK;
        }
    }
}
