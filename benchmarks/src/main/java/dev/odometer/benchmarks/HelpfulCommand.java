package dev.odometer.benchmarks;

import picocli.CommandLine.Option;

/** A command that tells how it is used. */
abstract class HelpfulCommand {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this help")
    boolean help;
}
