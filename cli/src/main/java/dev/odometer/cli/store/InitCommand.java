package dev.odometer.cli.store;

import dev.odometer.cli.console.ExitCode;
import dev.odometer.cli.console.Surroundings;
import dev.odometer.store.cassandra.CassandraAdmin;
import dev.odometer.store.cassandra.CassandraStoreConfig;
import dev.odometer.store.cassandra.Replication;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes the tables of a store. */
@Command(
        name = "init",
        sortOptions = false,
        description = "Make the keyspace and the tables where they are absent; what is there stays as it is.")
final class InitCommand extends StoreCommand.Part {
    @Option(
            names = "--replication",
            paramLabel = "DC:N,…",
            required = true,
            description = "Replicas in each data centre, such as dc1:3. Three keep counting when one is lost.")
    @SuppressWarnings("NullAway.Init")
    private String replication;

    InitCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() {
        Replication parsed;
        try {
            parsed = Replication.parse(replication);
        } catch (IllegalArgumentException e) {
            throw misused("--replication: '" + replication + "' " + e.getMessage());
        }
        CassandraStoreConfig config = CassandraSettings.config(settings());
        StoreFailures.explained(() -> {
            try (CassandraAdmin admin = CassandraAdmin.connect(config)) {
                admin.init(parsed);
                surroundings().out().println("The keyspace " + config.keyspace() + " and its tables are there.");
                CheckCommand.print(admin.check(), surroundings().out());
            }
        });
        return ExitCode.OK;
    }
}
