package dev.odometer.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.odometer.cli.config.Reasons;
import dev.odometer.cli.console.CommandException;
import dev.odometer.cli.console.Display;
import dev.odometer.cli.console.ExitCode;
import dev.odometer.cli.console.Surroundings;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes counters to a file. */
@Command(
        name = "export",
        description = {
            "Write counters as JSON Lines, in the order of their keys, to standard output or to a file.",
            "",
            "The last line carries their number and a checksum; a file without it is truncated, and import refuses it. "
                    + "Each value is exact at some moment of the export; it is no snapshot of one moment for all. "
                    + "A file gets its name when it is complete: an older one of that name is kept until then."
        },
        footer = {"", "Examples:", "  odometer export > counters.jsonl", "  odometer export http/ --output http.jsonl"})
public final class ExportCommand extends ClientCommand {
    @Parameters(
            arity = "0..1",
            paramLabel = "PREFIX",
            defaultValue = "",
            description = "Only keys that start with this.")
    @SuppressWarnings("NullAway.Init")
    private String prefix;

    @Option(names = "--output", paramLabel = "FILE", description = "Write here, and print how many there were.")
    private @Nullable Path output;

    /** Creates the command. */
    public ExportCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int run(Remote remote) throws Exception {
        Path file = output;
        if (file == null) {
            export(remote, this::toStandardOutput);
            surroundings().out().flush();
            return surroundings().out().checkError() ? ExitCode.IO : ExitCode.OK;
        }
        Path part = file.resolveSibling(file.getFileName() + ".part");
        long counters;
        try {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part), 1 << 16)) {
                counters = export(remote, out::write);
            }
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new CommandException(ExitCode.IO, file + " cannot be written: " + Reasons.of(e), e);
        } finally {
            Files.deleteIfExists(part);
        }
        if (isJson()) {
            print(remote.json()
                    .createObjectNode()
                    .put("counters", counters)
                    .put("file", file.toString())
                    .toString());
        } else {
            print("exported " + Display.counters(counters) + " to " + file);
        }
        return ExitCode.OK;
    }

    private void toStandardOutput(byte[] line) {
        surroundings().out().write(new String(line, StandardCharsets.UTF_8));
    }

    /** Takes lines. */
    @FunctionalInterface
    private interface Lines {
        void write(byte[] line) throws IOException;
    }

    private long export(Remote remote, Lines lines) throws IOException, InterruptedException {
        Digest digest = new Digest();
        long[] counters = {0};
        Pages.forEach(remote, prefix, Long.MAX_VALUE, page -> {
            for (JsonNode counter : page) {
                JsonNode row = remote.json()
                        .createObjectNode()
                        .put("key", counter.path("key").textValue())
                        .put("value", counter.path("value").longValue());
                byte[] line = (row + "\n").getBytes(StandardCharsets.UTF_8);
                digest.update(line, line.length);
                lines.write(line);
                counters[0]++;
            }
            return output != null || !surroundings().out().checkError();
        });
        JsonNode trailer = remote.json()
                .createObjectNode()
                .put("counters", counters[0])
                .put("sha256", HexFormat.of().formatHex(digest.current()));
        lines.write((trailer + "\n").getBytes(StandardCharsets.UTF_8));
        return counters[0];
    }
}
