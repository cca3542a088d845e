package dev.odometer.benchmarks;

import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Option;

/** What every run against real servers takes. */
final class RunOptions {
    /** Where the servers' data goes. */
    @Option(
            names = "--directory",
            paramLabel = "DIR",
            description = "the disk to measure: all data goes into a folder made here, deleted at the end "
                    + "(default: ${DEFAULT-VALUE})")
    Path directory = Path.of("target");

    /** Options for the JVM of the server. */
    @Option(
            names = "--java-options",
            paramLabel = "OPTIONS",
            description = "options for the JVM of Odometer, such as -Xmx512m (default: none)")
    String javaOptions = "";

    /** Says on the standard error where a run is, so that the standard output is the report alone. */
    static void progress(String format, Object... arguments) {
        System.err.println("  " + String.format(Locale.ROOT, format, arguments));
    }
}
