package dev.odometer.cli;

import dev.odometer.cli.console.Surroundings;
import picocli.AutoComplete;
import picocli.CommandLine.Command;

/** Prints a completion script. */
@Command(
        name = "completion",
        description = "Print a script that completes commands and options in bash and zsh.",
        footer = {"", "Example:", "  source <(odometer completion)"})
final class CompletionCommand implements Runnable {
    private final Surroundings surroundings;

    CompletionCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        surroundings.out().print(AutoComplete.bash("odometer", Commands.create(surroundings, "")));
        surroundings.out().println();
    }
}
