package dev.odometer.cli;

import dev.odometer.cli.console.ExitCode;
import dev.odometer.cli.console.Surroundings;

/** The entry point of the {@code odometer} command. */
public final class Main {
    private Main() {}

    /** Runs a command and ends the process with its exit code; see {@link ExitCode}. */
    public static void main(String[] args) {
        System.exit(Commands.run(Surroundings.ofProcess(), args));
    }
}
