package dev.odometer.testkit.cassandra;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a node reads at its start. */
final class NodeFiles {
    /** One token a node, evenly over the ring of the Murmur3 partitioner. */
    private static final String[] TOKENS = {"-9223372036854775808", "-3074457345618258603", "3074457345618258602"};

    private static final String LOGBACK = """
            <configuration>
              <appender name="OUT" class="ch.qos.logback.core.ConsoleAppender">
                <encoder><pattern>%%d{HH:mm:ss.SSS} %%-5level [%%thread] %%logger{0} %%msg%%n</pattern></encoder>
              </appender>
              <root level="INFO"><appender-ref ref="OUT"/></root>
            </configuration>
            """.formatted();

    private NodeFiles() {}

    /** The jars of a Cassandra server, as a class path. */
    static String serverClasspath() {
        try (InputStream in = NodeFiles.class.getResourceAsStream("classpath.txt")) {
            if (in == null) {
                throw new IllegalStateException("the list of Cassandra's jars is missing: build testkit-cassandra");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes configuration and logging of the node of this number. */
    static void write(Path directory, int number, ClusterOptions options, int nativePort, int storagePort)
            throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("logback.xml"), LOGBACK);
        StringBuilder yaml = new StringBuilder();
        settings(number, options, nativePort, storagePort)
                .forEach((key, value) ->
                        yaml.append(key).append(": ").append(value).append('\n'));
        Files.writeString(directory.resolve("cassandra.yaml"), yaml);
    }

    private static Map<String, String> settings(int number, ClusterOptions options, int nativePort, int storagePort) {
        StringBuilder seeds = new StringBuilder();
        for (int i = 0; i < options.nodes(); i++) {
            // All of them: with one seed a parallel start can end with "Unable to gossip with any peers".
            seeds.append(i == 0 ? "" : ",")
                    .append(CassandraNode.address(i))
                    .append(':')
                    .append(storagePort);
        }
        String address = CassandraNode.address(number);
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("cluster_name", "odometer-test");
        settings.put("partitioner", "org.apache.cassandra.dht.Murmur3Partitioner");
        settings.put("num_tokens", "1");
        settings.put("initial_token", "'" + TOKENS[number] + "'");
        settings.put("auto_bootstrap", "false");
        settings.put("endpoint_snitch", "SimpleSnitch");
        settings.put(
                "seed_provider",
                "[{class_name: org.apache.cassandra.locator.SimpleSeedProvider, parameters: [{seeds: \"" + seeds
                        + "\"}]}]");
        settings.put("listen_address", address);
        settings.put("rpc_address", address);
        settings.put("storage_port", String.valueOf(storagePort));
        settings.put("native_transport_port", String.valueOf(nativePort));
        settings.put("start_native_transport", "true");
        settings.put("commitlog_sync", "batch");
        settings.put("commitlog_total_space", "512MiB");
        settings.put("paxos_variant", "v2");
        settings.put("auto_snapshot", "false");
        settings.put("memtable_heap_space", "128MiB");
        settings.put("memtable_offheap_space", "128MiB");
        settings.put("file_cache_size", "32MiB");
        settings.put("networking_cache_size", "32MiB");
        settings.put("concurrent_reads", "8");
        settings.put("concurrent_writes", "16");
        settings.put("concurrent_compactors", "1");
        settings.put("commit_failure_policy", "die");
        settings.put("disk_failure_policy", "die");
        settings.putAll(options.settings());
        return settings;
    }
}
