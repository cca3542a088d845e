package dev.odometer.cli.store;

import dev.odometer.cli.console.ExitCode;
import dev.odometer.cli.console.Surroundings;
import dev.odometer.store.cassandra.CassandraAdmin;
import dev.odometer.store.cassandra.CassandraStoreConfig;
import dev.odometer.store.cassandra.Finding;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;

/** Says what of a cluster endangers the promise. */
@Command(
        name = "check",
        sortOptions = false,
        description = {
            "Say what of the cluster's settings endangers what Odometer promises, and how to mend it.",
            "",
            "Exit code 0 where there is nothing, 1 where there is something."
        })
final class CheckCommand extends StoreCommand.Part {
    CheckCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() {
        CassandraStoreConfig config = CassandraSettings.config(settings());
        List<Finding> findings = new ArrayList<>();
        StoreFailures.explained(() -> {
            try (CassandraAdmin admin = CassandraAdmin.connect(config)) {
                findings.addAll(admin.check());
            }
        });
        print(findings, surroundings().out());
        return findings.isEmpty() ? ExitCode.OK : ExitCode.REFUSED;
    }

    static void print(List<Finding> findings, PrintWriter out) {
        if (findings.isEmpty()) {
            out.println("Nothing found that endangers what is acknowledged.");
        }
        for (Finding finding : findings) {
            out.println("- " + finding.problem());
            out.println("  To mend it: " + finding.remedy());
        }
    }
}
