package dev.odometer.benchmarks;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The programs that drive a load: whether they are here, and what they print. */
final class Tools {
    /** The Debian package of each program. */
    private static final Map<String, String> PACKAGES = Map.of(
            "redis-server", "redis-server",
            "redis-benchmark", "redis-tools",
            "strace", "strace",
            "wrk", "wrk");

    private Tools() {}

    /**
     * Refuses to begin where a program is missing.
     *
     * @throws BenchException that names the Debian packages to install
     */
    static void require(List<String> programs) {
        Map<String, String> missing = new LinkedHashMap<>();
        for (String program : programs) {
            if (!isHere(program)) {
                missing.put(program, PACKAGES.getOrDefault(program, program));
            }
        }
        if (!missing.isEmpty()) {
            throw new BenchException("not found: " + String.join(", ", missing.keySet()) + ". Debian: apt-get install "
                    + String.join(" ", missing.values()));
        }
    }

    private static boolean isHere(String program) {
        String path = System.getenv().getOrDefault("PATH", "");
        for (String folder : path.split(File.pathSeparator, -1)) {
            if (Files.isExecutable(Path.of(folder.isEmpty() ? "." : folder, program))) {
                return true;
            }
        }
        return false;
    }

    /**
     * Runs a program to its end and returns what it printed, errors included.
     *
     * @throws BenchException where it fails, or runs longer than the limit
     */
    static String run(long limitSeconds, List<String> command) {
        try {
            Path output = Files.createTempFile("odometer-bench", ".out");
            try {
                Process process = new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .redirectInput(new File("/dev/null"))
                        .start();
                boolean ended = process.waitFor(limitSeconds, TimeUnit.SECONDS);
                if (!ended) {
                    process.destroyForcibly().waitFor();
                }
                String printed = Files.readString(output, StandardCharsets.UTF_8);
                if (!ended || process.exitValue() != 0) {
                    throw new BenchException(String.join(" ", command)
                            + (ended
                                    ? " failed with " + process.exitValue()
                                    : " ran longer than " + limitSeconds + " s")
                            + ":\n" + tail(printed));
                }
                return printed;
            } finally {
                Files.deleteIfExists(output);
            }
        } catch (IOException e) {
            throw new BenchException("cannot run " + command.get(0) + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        }
    }

    /** The last line that a program prints about its version; "unknown" where it does not say. */
    static String version(String... command) {
        try {
            return run(60, List.of(command))
                    .lines()
                    .reduce("unknown", (earlier, later) -> later)
                    .strip();
        } catch (BenchException e) {
            return "unknown";
        }
    }

    /** The last lines of a text. */
    static String tail(String text) {
        List<String> lines = new ArrayList<>(text.lines().toList());
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
    }
}
