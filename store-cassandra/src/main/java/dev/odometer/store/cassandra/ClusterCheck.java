package dev.odometer.store.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.Version;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.metadata.NodeState;
import dev.odometer.engine.store.StoreException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Looks for settings of a cluster that endanger what the store promises. Reads system tables, and changes nothing. */
final class ClusterCheck {
    private static final Version OLDEST = Objects.requireNonNull(Version.parse("4.1.6"));
    private static final int SAFE_FACTOR = 3;

    private ClusterCheck() {}

    /** What is to be mended, in the order of its weight; empty where nothing is. */
    static List<Finding> run(CqlSession session, CassandraStoreConfig config) {
        try {
            List<Finding> findings = new ArrayList<>();
            replication(session, config, findings);
            List<Node> nodes = new ArrayList<>(session.getMetadata().getNodes().values());
            Map<String, List<String>> periodic = new TreeMap<>();
            List<String> paxosV1 = new ArrayList<>();
            List<String> unasked = new ArrayList<>();
            List<String> old = new ArrayList<>();
            for (Node node : nodes) {
                Version version = node.getCassandraVersion();
                if (version != null && isTooOld(version)) {
                    old.add(name(node) + " (" + version + ")");
                }
                if (!ask(session, node, periodic, paxosV1)) {
                    unasked.add(name(node));
                }
            }
            report(findings, periodic, paxosV1, unasked, old);
            return findings;
        } catch (DriverException e) {
            throw Failures.ofRequest(e);
        }
    }

    static boolean isTooOld(Version version) {
        return version.nextStable().compareTo(OLDEST) < 0;
    }

    private static void replication(CqlSession session, CassandraStoreConfig config, List<Finding> findings) {
        Row row = session.execute(SimpleStatement.newInstance(
                        "SELECT replication, durable_writes FROM system_schema.keyspaces WHERE keyspace_name = ?",
                        config.keyspace()))
                .one();
        if (row == null) {
            throw new StoreException.Incompatible("There is no keyspace " + config.keyspace()
                    + ". Nothing was changed. Make it with 'odometer store init', or name the keyspace that there is.");
        }
        Map<String, String> replication =
                Objects.requireNonNullElse(row.getMap("replication", String.class, String.class), Map.of());
        Map<String, Integer> factors = factors(replication);
        factors.forEach((datacenter, factor) -> {
            if (factor < SAFE_FACTOR) {
                findings.add(new Finding(
                        "the keyspace " + config.keyspace() + " has " + factor + " replica" + (factor == 1 ? "" : "s")
                                + (datacenter.isEmpty() ? "" : " in " + datacenter)
                                + ": the loss of one stops all counting"
                                + (factor == 1 ? ", and the loss of its disk loses counters" : ""),
                        "ALTER KEYSPACE " + config.keyspace()
                                + " WITH replication = {'class': 'NetworkTopologyStrategy',"
                                + " '" + config.localDatacenter() + "': 3}; then run 'nodetool repair --full "
                                + config.keyspace() + "' on each node"));
            }
        });
        if (config.localSerial() && !factors.containsKey(config.localDatacenter()) && !factors.containsKey("")) {
            findings.add(new Finding(
                    "the keyspace " + config.keyspace() + " has no replica in the local data centre "
                            + config.localDatacenter() + ", and LOCAL_SERIAL asks no other",
                    "add replicas there, or use SERIAL"));
        }
        if (!row.getBoolean("durable_writes")) {
            findings.add(new Finding(
                    "the keyspace " + config.keyspace()
                            + " has durable_writes = false: what is acknowledged is not in any commit log",
                    "ALTER KEYSPACE " + config.keyspace() + " WITH durable_writes = true"));
        }
    }

    /** Replicas by data centre; under the empty name for a strategy that knows none. */
    static Map<String, Integer> factors(Map<String, String> replication) {
        Map<String, Integer> factors = new TreeMap<>();
        replication.forEach((key, value) -> {
            if (!key.equals("class")) {
                // A transient replica ("3/1") is none that Paxos counts on.
                String full = value.contains("/") ? value.substring(0, value.indexOf('/')) : value;
                factors.put(key.equals("replication_factor") ? "" : key, Integer.parseInt(full));
            }
        });
        return factors;
    }

    /** Asks one node for its own settings; false where it cannot be asked. */
    private static boolean ask(
            CqlSession session, Node node, Map<String, List<String>> periodic, List<String> paxosV1) {
        if (node.getState() != NodeState.UP) {
            return false;
        }
        Map<String, String> settings = new HashMap<>();
        try {
            for (Row row : session.execute(SimpleStatement.newInstance(
                            "SELECT name, value FROM system_views.settings WHERE name IN ('commitlog_sync',"
                                    + " 'commitlog_sync_period', 'paxos_variant')")
                    .setNode(node))) {
                settings.put(text(row, "name"), text(row, "value"));
            }
        } catch (DriverException e) {
            return false;
        }
        if (settings.getOrDefault("commitlog_sync", "").equals("periodic")) {
            String period = settings.getOrDefault("commitlog_sync_period", "10000ms");
            periodic.computeIfAbsent(period, key -> new ArrayList<>()).add(name(node));
        }
        if (settings.getOrDefault("paxos_variant", "v1").startsWith("v1")) {
            paxosV1.add(name(node));
        }
        return true;
    }

    private static void report(
            List<Finding> findings,
            Map<String, List<String>> periodic,
            List<String> paxosV1,
            List<String> unasked,
            List<String> old) {
        if (!old.isEmpty()) {
            findings.add(new Finding(
                    "older than Cassandra " + OLDEST + ": " + String.join(", ", old)
                            + "; conditional writes had faults there (CASSANDRA-12126, 19617)",
                    "upgrade to the newest 4.1 or 5.0"));
        }
        periodic.forEach((period, nodes) -> findings.add(new Finding(
                "commitlog_sync is periodic, " + period + ", on " + String.join(", ", nodes)
                        + ": where all replicas lose power or are killed together, what was acknowledged"
                        + " in that time is lost",
                "commitlog_sync: batch (or group) in cassandra.yaml of each node, and restart them one by one")));
        if (!paxosV1.isEmpty()) {
            findings.add(new Finding(
                    "paxos_variant is v1 on " + String.join(", ", paxosV1)
                            + ": commits take more round trips, and topology changes can lose a decided one",
                    "paxos_variant: v2 in cassandra.yaml of each node, a restart one by one, and regular"
                            + " 'nodetool repair --paxos-only'"));
        }
        if (!unasked.isEmpty()) {
            findings.add(
                    new Finding("could not be asked: " + String.join(", ", unasked), "check again when they are up"));
        }
    }

    private static String name(Node node) {
        return node.getEndPoint().toString();
    }

    private static String text(Row row, String column) {
        @Nullable String value = row.getString(column);
        return value == null ? "" : value;
    }
}
