package dev.odometer.server.redis;

import dev.odometer.engine.EngineStats;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** INFO [section ...], with the fields that clients and monitors read. */
final class InfoCommand {
    /** The Redis whose commands and texts this server follows; clients choose features by it. */
    static final String REDIS_VERSION = "7.0.15";

    private static final Set<String> EVERYTHING = Set.of("ALL", "DEFAULT", "EVERYTHING");

    private InfoCommand() {}

    static void run(RedisConnection connection, Arguments arguments) {
        Map<String, String> sections = sections(connection.state);
        StringBuilder text = new StringBuilder();
        sections.forEach((name, lines) -> {
            if (isWanted(name, arguments)) {
                text.append(text.isEmpty() ? "# " : "\r\n# ")
                        .append(name)
                        .append("\r\n")
                        .append(lines);
            }
        });
        connection.reply(new ReplyBuilder(connection.info.protocol())
                .verbatim(text.toString())
                .bytes());
    }

    private static boolean isWanted(String section, Arguments arguments) {
        if (arguments.count == 1) {
            return true;
        }
        for (int i = 1; i < arguments.count; i++) {
            String wanted = arguments.text(i).toUpperCase(Locale.ROOT);
            if (EVERYTHING.contains(wanted) || section.toUpperCase(Locale.ROOT).equals(wanted)) {
                return true;
            }
        }
        return false;
    }

    private static Map<String, String> sections(RedisState state) {
        RedisMetrics metrics = state.metrics;
        EngineStats engine = state.engine.stats();
        long uptime = (state.environment.nanos() - state.startNanos) / 1_000_000_000;
        String version = InfoCommand.class.getPackage().getImplementationVersion();
        Runtime runtime = Runtime.getRuntime();
        Map<String, String> sections = new LinkedHashMap<>();
        sections.put(
                "Server",
                lines(
                        "redis_version:" + REDIS_VERSION,
                        "odometer_version:" + (version == null ? "development" : version),
                        "redis_mode:standalone",
                        "arch_bits:64",
                        "process_id:" + ProcessHandle.current().pid(),
                        "tcp_port:" + state.port,
                        "uptime_in_seconds:" + uptime,
                        "uptime_in_days:" + uptime / 86_400));
        sections.put(
                "Clients",
                lines(
                        "connected_clients:" + state.connections.size(),
                        "maxclients:" + state.limits().maxConnections(),
                        "blocked_clients:0"));
        sections.put(
                "Memory",
                lines(
                        "used_memory:" + (runtime.totalMemory() - runtime.freeMemory()),
                        "maxmemory:0",
                        "maxmemory_policy:noeviction"));
        sections.put("Persistence", lines("loading:0", "aof_enabled:1", "aof_last_write_status:ok"));
        sections.put(
                "Stats",
                lines(
                        "total_connections_received:" + metrics.acceptedSoFar(),
                        "total_commands_processed:" + metrics.commandsSoFar(),
                        "rejected_connections:" + metrics.turnedAwaySoFar(),
                        "total_error_replies:" + metrics.errorsSoFar(),
                        "odometer_commits:" + engine.commits(),
                        "odometer_committed_operations:" + engine.operations(),
                        "odometer_pending_operations:" + engine.pending(),
                        "odometer_identities:" + engine.identities()));
        sections.put("Replication", lines("role:master", "connected_slaves:0"));
        sections.put("Cluster", lines("cluster_enabled:0"));
        sections.put(
                "Keyspace",
                engine.counters() == 0 ? "" : lines("db0:keys=" + engine.counters() + ",expires=0,avg_ttl=0"));
        return sections;
    }

    private static String lines(String... lines) {
        return String.join("\r\n", lines) + "\r\n";
    }
}
