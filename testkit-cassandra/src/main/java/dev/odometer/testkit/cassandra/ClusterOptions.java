package dev.odometer.testkit.cassandra;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a cluster is started. Immutable.
 *
 * @param directory where its nodes keep data, configuration and logs; emptied at the start
 * @param nodes how many nodes there are, on 127.0.0.1, 127.0.0.2 and so on; from 1 to 3
 * @param nativePort the port of CQL, the same on each address; 0 for one that is free
 * @param heapMegabytes the most heap of a node
 * @param settings lines of cassandra.yaml beside or instead of ours, key to value
 * @param javaOptions more options of a node's JVM
 */
public record ClusterOptions(
        Path directory,
        int nodes,
        int nativePort,
        int heapMegabytes,
        Map<String, String> settings,
        List<String> javaOptions) {
    /** The most nodes. */
    public static final int MAX_NODES = 3;

    /** Three nodes of 512 MB on any free port. */
    public static ClusterOptions in(Path directory) {
        return new ClusterOptions(directory, MAX_NODES, 0, 512, Map.of(), List.of());
    }

    /** Checks the bounds. */
    public ClusterOptions {
        if (nodes < 1 || nodes > MAX_NODES) {
            throw new IllegalArgumentException("a cluster has 1 to " + MAX_NODES + " nodes, not " + nodes);
        }
        if (heapMegabytes < 128) {
            throw new IllegalArgumentException("a node does not start with " + heapMegabytes + " MB of heap");
        }
        settings = Map.copyOf(settings);
        javaOptions = List.copyOf(javaOptions);
    }

    /** The same with so many nodes. */
    public ClusterOptions withNodes(int number) {
        return new ClusterOptions(directory, number, nativePort, heapMegabytes, settings, javaOptions);
    }

    /** The same with a setting of cassandra.yaml. */
    public ClusterOptions with(String key, String value) {
        Map<String, String> more = new LinkedHashMap<>(settings);
        more.put(key, value);
        return new ClusterOptions(directory, nodes, nativePort, heapMegabytes, more, javaOptions);
    }

    /** The same with these options of a node's JVM. */
    public ClusterOptions withJavaOptions(String... options) {
        return new ClusterOptions(directory, nodes, nativePort, heapMegabytes, settings, List.of(options));
    }
}
