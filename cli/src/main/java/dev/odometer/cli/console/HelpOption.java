package dev.odometer.cli.console;

import picocli.CommandLine.Option;

/** The option that every command has. */
public final class HelpOption {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean requested;

    /** Whether it was given. */
    public boolean isRequested() {
        return requested;
    }
}
