package dev.odometer.cli;

import dev.odometer.cli.console.Surroundings;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/** Runs commands inside the test's process. Waiting takes no time: the clock jumps. */
public final class Harness {
    private final Map<String, String> environment = new HashMap<>();
    private final AtomicLong clock = new AtomicLong();
    private final List<Long> pauses = new ArrayList<>();
    private byte[] input = new byte[0];

    /** What a command did. */
    public record Result(int exitCode, String out, String err) {
        /** Standard output, line by line. */
        public List<String> lines() {
            return out.lines().toList();
        }
    }

    public Harness variable(String name, String value) {
        environment.put(name, value);
        return this;
    }

    public Harness input(String text) {
        input = text.getBytes(StandardCharsets.UTF_8);
        return this;
    }

    /** How long commands waited, in milliseconds. */
    public List<Long> pauses() {
        return pauses;
    }

    public Result run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Surroundings surroundings = new Surroundings(
                new ByteArrayInputStream(input),
                new PrintWriter(out),
                new PrintWriter(err),
                environment,
                System::currentTimeMillis,
                clock::get,
                new Random(1),
                millis -> {
                    pauses.add(millis);
                    clock.addAndGet(millis * 1_000_000);
                },
                false);
        int exitCode = Commands.run(surroundings, args);
        return new Result(exitCode, out.toString(), err.toString());
    }
}
