package dev.odometer.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The entry point of the {@code odometer} command. */
@Command(
        name = "odometer",
        description = "Durable counters: totals that go on after a crash, each increment counted once.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        subcommands = Main.VersionCommand.class)
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new Main()).execute(args));
    }

    /** Prints the version. */
    @Command(name = "version", description = "Print the version.")
    static final class VersionCommand implements Runnable {

        @Override
        public void run() {
            System.out.println(Version.line());
        }
    }

    /** The version that this build was given, from the jar's own manifest. */
    static final class Version implements CommandLine.IVersionProvider {

        static String line() {
            String version = Main.class.getPackage().getImplementationVersion();
            return "odometer " + (version == null ? "(development)" : version);
        }

        @Override
        public String[] getVersion() {
            return new String[] {line()};
        }
    }
}
