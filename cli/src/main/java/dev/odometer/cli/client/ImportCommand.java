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
                    + ". Where that breaks off, run the same command again: --mode set sets every counter again; "
                    + "with --mode add a file counts once within the server's idempotency window (1 h unless "
                    + "configured), and what had been imported before is told. "
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

    /**
     * Sends counters in batches. To add twice would count twice, so a file always gives an add the same key. To set
     * twice does no harm, but a set that is only replayed would leave what came in between: each run has its own keys.
     */
    private final class Sender {
        private static final int MAX_REPORTED = 10;

        private final Remote remote;
        private final String keys;
        private final long total;
        private final List<DumpLine.Counter> waiting = new ArrayList<>(Limits.MAX_BATCH_OPERATIONS);
        private long batches;
        private long sent;
        private long refused;
        private long replayed;

        Sender(Remote remote, String fingerprint, long total) {
            this.remote = remote;
            this.keys = "import-" + mode + "-" + (mode == Mode.add ? fingerprint : remote.newIdempotencyKey()) + "-";
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
            Reply reply;
            try {
                reply = remote.write("POST", "/v1/batch", body.toString(), keys + batches, "")
                        .orRefuse();
            } catch (CommandException e) {
                throw new CommandException(
                        e.exitCode(),
                        e.getMessage() + ". " + sent + " of " + total
                                + " counters were imported, and maybe the next batch; "
                                + (mode == Mode.add
                                        ? "the same command goes on from there, within the idempotency window"
                                        : "the same command sets all of them again"),
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
                    // A set's keys are this run's own: what is replayed there was set by a try whose answer was lost.
                    if (mode == Mode.add && answer.path("replayed").asBoolean()) {
                        replayed++;
                    }
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
            long imported = sent - refused - replayed;
            if (isJson()) {
                print(remote.json()
                        .createObjectNode()
                        .put("counters", imported)
                        .put("replayed", replayed)
                        .put("refused", refused)
                        .put("batches", batches)
                        .put("mode", mode.name())
                        .toString());
            } else {
                print("imported " + Display.counters(imported) + " (" + mode + ")"
                        + (refused > 0 ? "; refused: " + Display.number(refused) : ""));
                if (replayed > 0) {
                    print(Display.counters(replayed) + " had been imported before and "
                            + (replayed == 1 ? "was" : "were") + " not added again");
                }
            }
            return refused > 0 ? ExitCode.REFUSED : ExitCode.OK;
        }
    }
}
