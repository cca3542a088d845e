package dev.odometer.cli.store;

import dev.odometer.cli.config.ConfigLoader;
import dev.odometer.cli.config.Setting;
import dev.odometer.cli.config.SettingOptions;
import dev.odometer.cli.config.Settings;
import dev.odometer.cli.console.HelpOption;
import dev.odometer.cli.console.Surroundings;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Prepares a store that servers share. */
@Command(
        name = "store",
        description = {
            "Prepare and check a store in Cassandra. The embedded store needs none of this.",
            "",
            "Settings are those of 'odometer serve': flags, ODOMETER_* variables and --config."
        },
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Examples:",
            "  odometer store schema --replication dc1:3",
            "  odometer store init --replication dc1:3 --cassandra-contact-points 10.0.0.1:9042",
            "  odometer store check --cassandra-contact-points 10.0.0.1:9042"
        })
public final class StoreCommand implements Runnable {
    /** The settings that say which store. */
    static final List<Setting> SETTINGS = Arrays.stream(Setting.values())
            .filter(setting -> setting == Setting.STORE || setting.name().startsWith("CASSANDRA_"))
            .toList();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private final Surroundings surroundings;

    /** Creates the command. */
    public StoreCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** The command with its own commands. */
    public CommandLine commandLine() {
        CommandLine command = new CommandLine(this);
        for (Part part : List.of(
                new SchemaCommand(surroundings), new InitCommand(surroundings), new CheckCommand(surroundings))) {
            CommandLine line = new CommandLine(part);
            SettingOptions.add(line, SETTINGS);
            line.getCommandSpec().addMixin("help", CommandSpec.forAnnotatedObject(new HelpOption()));
            command.addSubcommand(line);
        }
        return command;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say which of schema, init and check");
    }

    /** One of the commands: its settings, and where it prints. */
    abstract static class Part implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init")
        private CommandSpec spec;

        @Option(
                names = "--config",
                paramLabel = "FILE",
                description = "A YAML file of settings. Variable: " + ConfigLoader.CONFIG_VARIABLE + ".")
        private @Nullable Path config;

        private final Surroundings surroundings;

        Part(Surroundings surroundings) {
            this.surroundings = surroundings;
        }

        final Surroundings surroundings() {
            return surroundings;
        }

        /** The settings; one that asks for the embedded store is refused. */
        final Settings settings() {
            Settings settings = ConfigLoader.load(
                    SettingOptions.said(spec.commandLine().getParseResult(), SETTINGS),
                    config,
                    surroundings.environment());
            if (settings.isSaid(Setting.STORE) && !settings.text(Setting.STORE).equals("cassandra")) {
                throw new ParameterException(
                        spec.commandLine(),
                        "the embedded store needs no preparation: 'odometer serve' makes it (" + Setting.STORE.flag()
                                + " " + settings.text(Setting.STORE) + ")");
            }
            return settings;
        }

        final ParameterException misused(String message) {
            return new ParameterException(spec.commandLine(), message);
        }
    }
}
