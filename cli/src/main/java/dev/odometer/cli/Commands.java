package dev.odometer.cli;

import dev.odometer.cli.client.AddCommand;
import dev.odometer.cli.client.ClientCommand;
import dev.odometer.cli.client.ClusterCommand;
import dev.odometer.cli.client.DeleteCommand;
import dev.odometer.cli.client.ExportCommand;
import dev.odometer.cli.client.GetCommand;
import dev.odometer.cli.client.ImportCommand;
import dev.odometer.cli.client.ListCommand;
import dev.odometer.cli.client.NodeCommand;
import dev.odometer.cli.client.SetCommand;
import dev.odometer.cli.client.VersionCommand;
import dev.odometer.cli.client.WatchCommand;
import dev.odometer.cli.config.ConfigException;
import dev.odometer.cli.console.CommandException;
import dev.odometer.cli.console.ExitCode;
import dev.odometer.cli.console.HelpOption;
import dev.odometer.cli.console.Surroundings;
import dev.odometer.cli.console.Version;
import dev.odometer.cli.serve.ServeCommand;
import dev.odometer.cli.store.StoreCommand;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** All commands by name, and what becomes of their failures. */
public final class Commands {
    private static final Map<String, Function<Surroundings, Object>> BY_NAME = byName();

    private Commands() {}

    /** Runs a command and returns its exit code. Output is flushed. */
    public static int run(Surroundings surroundings, String... args) {
        CommandLine commands = create(surroundings, args.length == 0 ? "" : args[0]);
        int exitCode = commands.execute(args);
        surroundings.out().flush();
        surroundings.err().flush();
        return exitCode;
    }

    /** All commands; only the one called {@code only} if there is such a one: building each costs a start some time. */
    static CommandLine create(Surroundings surroundings, String only) {
        CommandLine root = new CommandLine(new Root());
        boolean all = !BY_NAME.containsKey(only) || only.equals("help");
        BY_NAME.forEach((name, maker) -> {
            if (all || name.equals(only)) {
                root.addSubcommand(name, commandLine(maker.apply(surroundings)));
            }
        });
        root.setOut(surroundings.out());
        root.setErr(surroundings.err());
        root.setUsageHelpWidth(100);
        root.setCaseInsensitiveEnumValuesAllowed(true);
        root.setParameterExceptionHandler((e, args) -> misused(e, surroundings.err()));
        root.setExecutionExceptionHandler((e, command, parsed) -> failed(e, command, surroundings.err()));
        return root;
    }

    private static CommandLine commandLine(Object command) {
        CommandLine line = command instanceof ServeCommand serve
                ? serve.commandLine()
                : command instanceof StoreCommand store ? store.commandLine() : new CommandLine(command);
        if (!(command instanceof HelpCommand)) {
            line.getCommandSpec().addMixin("help", CommandSpec.forAnnotatedObject(new HelpOption()));
        }
        return line;
    }

    private static Map<String, Function<Surroundings, Object>> byName() {
        Map<String, Function<Surroundings, Object>> commands = new LinkedHashMap<>();
        commands.put("serve", ServeCommand::new);
        commands.put("store", StoreCommand::new);
        commands.put("add", AddCommand::new);
        commands.put("get", GetCommand::new);
        commands.put("list", ListCommand::new);
        commands.put("watch", WatchCommand::new);
        commands.put("set", SetCommand::new);
        commands.put("delete", DeleteCommand::new);
        commands.put("export", ExportCommand::new);
        commands.put("import", ImportCommand::new);
        commands.put("cluster", ClusterCommand::new);
        commands.put("node", NodeCommand::new);
        commands.put("version", VersionCommand::new);
        commands.put("completion", CompletionCommand::new);
        commands.put("warm-up", WarmUpCommand::new);
        commands.put("help", surroundings -> new HelpCommand());
        return commands;
    }

    private static int misused(ParameterException e, PrintWriter err) {
        CommandLine command = e.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        err.println("odometer: " + e.getMessage());
        UnmatchedArgumentException.printSuggestions(e, err);
        err.println("'" + name + " --help' shows how it is used.");
        err.flush();
        return ExitCode.USAGE;
    }

    private static int failed(Exception e, CommandLine command, PrintWriter err) {
        int exitCode;
        String message;
        if (e instanceof CommandException c) {
            exitCode = c.exitCode();
            message = c.text();
        } else if (e instanceof ConfigException c) {
            exitCode = ExitCode.CONFIG;
            message = c.text();
        } else {
            exitCode = ExitCode.INTERNAL;
            message = "this is a fault of Odometer itself, please report it: " + e;
            e.printStackTrace(err);
        }
        boolean json = command.getCommand() instanceof ClientCommand client && client.isJson();
        err.println(json ? Json.error(message, exitCode) : "odometer: " + message);
        err.flush();
        return exitCode;
    }

    /** What {@code odometer} alone is. */
    @Command(
            name = "odometer",
            description = {
                "Durable counters: totals that go on after a crash, each increment counted once.",
                "",
                "'odometer serve' starts a server; the other commands talk to a running one."
            },
            synopsisSubcommandLabel = "COMMAND",
            commandListHeading = "%nCommands:%n",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {
                "0:done",
                "1:the counter is absent, or the server refused the operation",
                "2:the command line is wrong",
                "65:data is damaged: the file to import, or the server's store",
                "69:no server can be reached",
                "70:a fault of the command or of the server itself",
                "74:a file or Cassandra cannot be read or written; for a server, its disk failed",
                "75:not now: the server is busy, stopping or full, or its data directory is in use",
                "77:another server has taken over the store of this one",
                "78:the configuration is wrong or does not fit machine or data directory, or a port is in use"
            },
            footer = {
                "",
                "Examples:",
                "  odometer serve                   serve HTTP on 7600 and the Redis protocol on 7601",
                "  odometer add orders 5            add 5 and print the new value",
                "  odometer watch                   see the counters move",
                "  odometer help serve              more about a command"
            })
    private static final class Root implements Runnable {
        @Spec
        @SuppressWarnings("NullAway.Init")
        private CommandSpec spec;

        @Override
        public void run() {
            throw new ParameterException(spec.commandLine(), "say which command");
        }
    }
}
