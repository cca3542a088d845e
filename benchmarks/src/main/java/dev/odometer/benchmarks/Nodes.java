package dev.odometer.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.odometer.testkit.cassandra.CassandraCluster;
import dev.odometer.testkit.membership.EtcdServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/** Several {@code ./odometer serve} that are the nodes of one cluster, on Cassandra and etcd. */
final class Nodes implements AutoCloseable {
    /** The session timeout of the nodes, in seconds: the default. */
    static final int SESSION_SECONDS = 4;

    private static final long READY_NANOS = 60_000_000_000L;
    private static final long LOOK_MILLIS = 100;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<Servers.Running> running = new ArrayList<>();

    /** Starts so many nodes, named n1, n2, …, and waits until all are ready. */
    static Nodes start(
            Scratch scratch, CassandraCluster cluster, EtcdServer etcd, String keyspace, int count, String options) {
        OdometerOnCassandra.makeKeyspace(cluster, keyspace, 0);
        Nodes nodes = new Nodes();
        for (int i = 1; i <= count; i++) {
            List<String> more = new ArrayList<>(OdometerOnCassandra.flags(cluster, keyspace));
            more.addAll(List.of(
                    "--membership",
                    "etcd",
                    "--etcd",
                    etcd.address(),
                    "--session-timeout",
                    SESSION_SECONDS + "s",
                    "--node-name",
                    "n" + i,
                    "--cluster-port",
                    Integer.toString(Scratch.freePort())));
            nodes.running.add(Servers.odometer(scratch, scratch.folder("node"), false, options, more)
                    .await());
        }
        nodes.awaitShared(count);
        return nodes;
    }

    Servers.Running get(int index) {
        return running.get(index);
    }

    /** Which shards the node of this name owns, as the first node sees it. */
    List<Integer> shardsOf(String name) {
        return StreamSupport.stream(cluster().path("shards").spliterator(), false)
                .filter(shard -> shard.path("owner").asText().equals(name))
                .map(shard -> shard.path("shard").asInt())
                .toList();
    }

    int shards() {
        return cluster().path("shards").size();
    }

    /** The URI of a path at a node. */
    URI uri(int index, String path) {
        return URI.create("http://127.0.0.1:" + running.get(index).httpPort() + path);
    }

    HttpClient http() {
        return http;
    }

    private void awaitShared(int count) {
        long until = System.nanoTime() + READY_NANOS;
        while (StreamSupport.stream(cluster().path("shards").spliterator(), false)
                        .map(shard -> shard.path("owner").asText())
                        .distinct()
                        .count()
                < count) {
            if (System.nanoTime() > until) {
                throw new BenchException("the nodes do not share the shards: " + cluster());
            }
            try {
                Thread.sleep(LOOK_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new BenchException("interrupted", e);
            }
        }
    }

    private JsonNode cluster() {
        try {
            HttpRequest request = HttpRequest.newBuilder(uri(0, "/v1/cluster")).build();
            return new ObjectMapper()
                    .readTree(http.send(request, HttpResponse.BodyHandlers.ofString())
                            .body());
        } catch (IOException e) {
            throw new BenchException("a node cannot be asked: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        }
    }

    @Override
    public void close() {
        running.forEach(node -> node.process().kill());
    }
}
