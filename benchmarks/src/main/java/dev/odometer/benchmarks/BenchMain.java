package dev.odometer.benchmarks;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Runs one benchmark by name. Started by {@code ./bench}, in the folder of the checkout. */
@Command(
        name = "./bench",
        description = "Benchmarks of Odometer. Figures are of this machine, with the load on the same cores.",
        subcommands = {
            RedisCommand.class,
            HttpCommand.class,
            RestartCommand.class,
            CassandraCommand.class,
            FailoverCommand.class
        })
public final class BenchMain extends HelpfulCommand {
    private BenchMain() {}

    /** Ends with 0 where the benchmark ran, whatever it measured; 1 where it could not run; 2 on bad arguments. */
    public static void main(String[] args) {
        CommandLine command = new CommandLine(new BenchMain());
        command.addSubcommand(new CommandLine(new JmhCommand()).setUnmatchedOptionsArePositionalParams(true));
        command.setExecutionExceptionHandler((problem, of, parsed) -> {
            if (!(problem instanceof BenchException)) {
                throw problem;
            }
            of.getErr().println("bench: " + problem.getMessage());
            return 1;
        });
        System.exit(command.execute(args));
    }
}
