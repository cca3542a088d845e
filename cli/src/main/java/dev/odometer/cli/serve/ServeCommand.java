package dev.odometer.cli.serve;

import dev.odometer.cli.config.ConfigLoader;
import dev.odometer.cli.config.Setting;
import dev.odometer.cli.config.SettingOptions;
import dev.odometer.cli.config.Settings;
import dev.odometer.cli.console.ExitCode;
import dev.odometer.cli.console.Surroundings;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Starts a server and stays until it is told to stop. */
@Command(
        name = "serve",
        sortOptions = false,
        description = {
            "Serve counters over HTTP and the Redis protocol, and keep them in a data directory or in Cassandra; there,"
                    + " alone or as one of several nodes.",
            "",
            "What is acknowledged is durable: kill -9 loses nothing. SIGTERM or Ctrl-C stops it gracefully "
                    + "within 10 s, a second one at once.",
            "",
            "Each setting has one name everywhere: --http-port, the variable ODOMETER_HTTP_PORT and the line "
                    + "'http-port: 7600' in a YAML file mean the same. Flags win over variables, those over the file, "
                    + "that over the defaults. What is unknown or wrong is refused before anything starts."
        },
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:stopped gracefully",
            "2:the command line is wrong",
            "65:the store is damaged",
            "70:a fault of the server itself",
            "74:a file, the data directory or Cassandra cannot be read or written, or the disk failed",
            "75:not now: the data directory is in use by another process",
            "77:another server has taken over the store of a server that is alone",
            "78:the configuration is wrong or does not fit machine or data directory, or a port is in use",
            "143:ended by a second signal, or before it served"
        },
        footer = {
            "",
            "Examples:",
            "  odometer serve",
            "  odometer serve --data /var/lib/odometer --bind 0.0.0.0",
            "  odometer serve --http-port 0 --redis-port 0      any free ports, for tests",
            "  odometer serve --config odometer.yaml --print-config",
            "  odometer serve --store cassandra --cassandra-contact-points 10.0.0.1:9042,10.0.0.2:9042",
            "  odometer serve --store cassandra --membership etcd --etcd http://10.0.0.1:2379 --node-name n1",
            "",
            "Try it, in another terminal:",
            "  curl -X POST http://127.0.0.1:7600/v1/counters/orders/add",
            "  redis-cli -p 7601 INCR orders",
            "  odometer watch"
        })
public final class ServeCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "A YAML file of settings, 'key: value' lines. Variable: " + ConfigLoader.CONFIG_VARIABLE + ".")
    private @Nullable Path config;

    @Option(
            names = "--print-config",
            description = "Print the effective configuration and where each value comes from, and end.")
    private boolean printConfig;

    private final Surroundings surroundings;

    /** Creates the command. */
    public ServeCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** The command with an option for each setting. */
    public CommandLine commandLine() {
        CommandLine command = new CommandLine(this);
        SettingOptions.add(command, List.of(Setting.values()));
        return command;
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = ConfigLoader.load(
                SettingOptions.said(spec.commandLine().getParseResult(), List.of(Setting.values())),
                config,
                surroundings.environment());
        if (printConfig) {
            surroundings.out().print(settings.print());
            return ExitCode.OK;
        }
        return new ServerProcess(settings, surroundings).run();
    }
}
