package dev.odometer.cli.store;

import dev.odometer.cli.config.Setting;
import dev.odometer.cli.console.ExitCode;
import dev.odometer.cli.console.Surroundings;
import dev.odometer.store.cassandra.CassandraSchema;
import dev.odometer.store.cassandra.Replication;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints the tables of a store. */
@Command(
        name = "schema",
        sortOptions = false,
        description = "Print the CQL that makes the keyspace and the tables, and connect to nothing.")
final class SchemaCommand extends StoreCommand.Part {
    @Option(
            names = "--replication",
            paramLabel = "DC:N,…",
            defaultValue = "datacenter1:3",
            description = "Replicas in each data centre. Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init")
    private String replication;

    SchemaCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() {
        String keyspace = settings().text(Setting.CASSANDRA_KEYSPACE);
        try {
            surroundings().out().print(CassandraSchema.script(keyspace, Replication.parse(replication)));
        } catch (IllegalArgumentException e) {
            throw misused("--replication: '" + replication + "' " + e.getMessage());
        }
        return ExitCode.OK;
    }
}
