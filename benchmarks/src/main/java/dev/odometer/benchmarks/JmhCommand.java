package dev.odometer.benchmarks;

import java.util.concurrent.Callable;
import org.openjdk.jmh.Main;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Hands its arguments to JMH. */
@Command(
        name = "jmh",
        description = {
            "The micro benchmarks of the commit path: the engine alone, and commits to the embedded store.",
            "",
            "Without arguments: all of them, with what each operation allocates, in under three minutes."
        },
        footer = {
            "",
            "Arguments are JMH's: a regular expression, -f 3 for more forks, -prof gc for allocations, -l for a list, "
                    + "-p directory=DIR for the disk of StoreCommit."
        })
final class JmhCommand extends HelpfulCommand implements Callable<Integer> {
    @Parameters(arity = "0..*", paramLabel = "ARGUMENT", description = "arguments of JMH")
    private String[] arguments = {};

    @Override
    public Integer call() throws Exception {
        Main.main(arguments.length > 0 ? arguments : new String[] {"-prof", "gc"});
        return 0;
    }
}
