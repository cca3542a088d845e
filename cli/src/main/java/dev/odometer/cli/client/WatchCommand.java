package dev.odometer.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.odometer.cli.client.Watch.Row;
import dev.odometer.cli.client.Watch.Sample;
import dev.odometer.cli.config.Values;
import dev.odometer.cli.console.CommandException;
import dev.odometer.cli.console.Display;
import dev.odometer.cli.console.ExitCode;
import dev.odometer.cli.console.Surroundings;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows counters as they change. */
@Command(
        name = "watch",
        description = {
            "Show counters as they change: value, change since the last look, and rate a second.",
            "",
            "On a terminal the table is drawn again in place; q or Ctrl-C ends it. Into a pipe go plain lines."
        },
        footer = {
            "",
            "Examples:",
            "  odometer watch",
            "  odometer watch http/ --sort key --interval 500ms",
            "  odometer watch orders --count 10 --json"
        })
public final class WatchCommand extends ClientCommand {
    /** The most counters that are looked at each time. */
    static final int MAX_WATCHED = 10_000;

    @Parameters(
            arity = "0..1",
            paramLabel = "PREFIX",
            defaultValue = "",
            description = "Only keys that start with this.")
    @SuppressWarnings("NullAway.Init")
    private String prefix;

    @Option(
            names = "--interval",
            paramLabel = "DURATION",
            defaultValue = "1s",
            description = "Time between looks. Default: 1s.")
    @SuppressWarnings("NullAway.Init")
    private String interval;

    @Option(names = "--count", paramLabel = "N", description = "End after so many looks. Default: go on.")
    private long count = Long.MAX_VALUE;

    @Option(
            names = "--sort",
            paramLabel = "BY",
            defaultValue = "rate",
            description = "rate, key or value. Default: rate.")
    @SuppressWarnings("NullAway.Init")
    private Watch.Sort sort;

    @Option(names = "--rows", paramLabel = "N", description = "Show so many counters. Default: 20.")
    private int rows = 20;

    /** Creates the command. */
    public WatchCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int run(Remote remote) throws Exception {
        long pauseMillis = intervalMillis();
        if (count < 1 || rows < 1) {
            throw usage("--count and --rows must be 1 or more");
        }
        try (Screen screen =
                Screen.of(surroundings(), !isJson() && surroundings().terminal())) {
            Sample before = sample(remote);
            show(remote, screen, null, before);
            for (long look = 1; look < count && !surroundings().out().checkError(); look++) {
                surroundings().pause().millis(pauseMillis);
                try {
                    Sample now = sample(remote);
                    show(remote, screen, before, now);
                    before = now;
                } catch (CommandException e) {
                    if (e.exitCode() != ExitCode.UNAVAILABLE && e.exitCode() != ExitCode.TRY_AGAIN) {
                        throw e;
                    }
                    screen.note(e.getMessage() + " (still trying)"); // a restart of the server does not end a watch
                }
            }
        } catch (InterruptedException e) {
            return ExitCode.OK; // q was pressed
        }
        return ExitCode.OK;
    }

    private long intervalMillis() {
        try {
            return Values.duration(interval, Duration.ofMillis(100), Duration.ofHours(1))
                    .toMillis();
        } catch (IllegalArgumentException e) {
            throw usage("--interval: '" + interval + "' " + e.getMessage());
        }
    }

    private Sample sample(Remote remote) throws Exception {
        Map<String, Long> values = new LinkedHashMap<>();
        long nanos = surroundings().nanos().getAsLong();
        Pages.forEach(remote, prefix, MAX_WATCHED, page -> {
            for (JsonNode counter : page) {
                values.put(counter.path("key").asText(), counter.path("value").asLong());
            }
            return true;
        });
        return new Sample(nanos, values, values.size() < MAX_WATCHED);
    }

    private void show(Remote remote, Screen screen, @Nullable Sample before, Sample now) {
        List<Row> all = Watch.rows(before, now, sort);
        List<Row> shown = all.subList(0, Math.min(rows, all.size()));
        Instant time =
                Instant.ofEpochMilli(surroundings().wallMillis().getAsLong()).truncatedTo(ChronoUnit.SECONDS);
        if (isJson()) {
            print(json(remote, time, shown).toString());
        } else {
            screen.show(title(time, all.size(), shown.size(), now), time, shown);
        }
    }

    private String title(Instant time, int all, int shown, Sample now) {
        String what = prefix.isEmpty() ? "counters" : "counters that start with '" + Display.key(prefix) + "'";
        String some = shown < all ? ", " + shown + " shown" : "";
        String more = now.complete() ? "" : " (the first ones; a longer prefix shows others)";
        return time + "  " + Display.number(all) + " " + what + more + some + ", by " + sort;
    }

    private static ObjectNode json(Remote remote, Instant time, List<Row> rows) {
        ObjectNode look = remote.json().createObjectNode().put("time", time.toString());
        ArrayNode counters = look.putArray("counters");
        for (Row row : rows) {
            ObjectNode counter = counters.addObject().put("key", row.key()).put("value", row.value());
            if (Double.isNaN(row.rate())) {
                counter.putNull("delta").putNull("rate");
            } else {
                counter.put("delta", row.delta()).put("rate", Math.round(row.rate() * 1_000) / 1_000.0);
            }
        }
        return look;
    }
}
