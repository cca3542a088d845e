package dev.odometer.benchmarks;

import dev.odometer.store.cassandra.CassandraAdmin;
import dev.odometer.store.cassandra.CassandraStoreConfig;
import dev.odometer.store.cassandra.Replication;
import dev.odometer.testkit.cassandra.CassandraCluster;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** {@code ./odometer serve --store cassandra} as a process of its own, and clients of it. Thread-safe. */
final class OdometerOnCassandra implements AutoCloseable {
    private static final int BODIES = 64;

    private final Servers.Running server;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private OdometerOnCassandra(Servers.Running server) {
        this.server = server;
    }

    /** Makes a keyspace and starts a server on it. */
    static OdometerOnCassandra start(
            Scratch scratch, CassandraCluster cluster, String keyspace, int shards, String javaOptions) {
        makeKeyspace(cluster, keyspace, shards);
        List<String> more = new ArrayList<>(flags(cluster, keyspace));
        if (shards > 0) {
            more.addAll(List.of("--shards", Integer.toString(shards)));
        }
        return new OdometerOnCassandra(Servers.odometer(scratch, scratch.folder("odometer"), false, javaOptions, more)
                .await());
    }

    static void makeKeyspace(CassandraCluster cluster, String keyspace, int shards) {
        try (CassandraAdmin admin = CassandraAdmin.connect(config(cluster, keyspace, shards))) {
            admin.init(new Replication(Map.of(CassandraCluster.LOCAL_DATACENTER, 3)));
        }
    }

    /** What a server is to be told of a keyspace. */
    static List<String> flags(CassandraCluster cluster, String keyspace) {
        return List.of(
                "--store",
                "cassandra",
                "--cassandra-contact-points",
                cluster.contactPoints().stream().map(OdometerOnCassandra::text).collect(Collectors.joining(",")),
                "--cassandra-local-dc",
                CassandraCluster.LOCAL_DATACENTER,
                "--cassandra-keyspace",
                keyspace);
    }

    static CassandraStoreConfig config(CassandraCluster cluster, String keyspace, int shards) {
        CassandraStoreConfig config = CassandraStoreConfig.defaults(
                        cluster.contactPoints(), CassandraCluster.LOCAL_DATACENTER)
                .withKeyspace(keyspace);
        return shards > 0 ? config.withShards(shards) : config;
    }

    private static String text(InetSocketAddress address) {
        return address.getHostString() + ":" + address.getPort();
    }

    ClosedLoop.Result run(CassandraLoad load, double seconds) {
        if (load.isBatch()) {
            List<HttpRequest> requests = bodies(load);
            return ClosedLoop.run(
                    any -> post(requests.get(ThreadLocalRandom.current().nextInt(BODIES))),
                    load.keys(),
                    load.batch(),
                    load.inFlight(),
                    seconds);
        }
        try (RespConnections connections = new RespConnections(server.redisPort(), load.inFlight())) {
            return ClosedLoop.run(connections::increment, load.keys(), 1, load.inFlight(), seconds);
        } catch (IOException e) {
            throw new BenchException("the server cannot be reached: " + e.getMessage(), e);
        }
    }

    /** Increments each counter once, so that none has to be read from the store later. */
    OdometerOnCassandra touched() {
        for (int first = 0; first < CassandraLoad.MOST_KEYS; first += CassandraLoad.BATCH) {
            post(request(IntStream.range(first, first + CassandraLoad.BATCH)))
                    .toCompletableFuture()
                    .join();
        }
        return this;
    }

    private List<HttpRequest> bodies(CassandraLoad load) {
        Random random = new Random(load.keys());
        List<HttpRequest> requests = new ArrayList<>();
        for (int i = 0; i < BODIES; i++) {
            requests.add(request(random.ints(load.batch(), 0, load.keys())));
        }
        return requests;
    }

    private HttpRequest request(IntStream keys) {
        String operations = keys.mapToObj(
                        key -> "{\"op\":\"add\",\"key\":\"" + CassandraLoad.key(key) + "\",\"delta\":1}")
                .collect(Collectors.joining(","));
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.httpPort() + "/v1/batch"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"operations\":[" + operations + "]}"))
                .build();
    }

    private CompletionStage<Integer> post(HttpRequest request) {
        return http.sendAsync(request, HttpResponse.BodyHandlers.discarding()).thenApply(answer -> {
            if (answer.statusCode() != 200) {
                throw new BenchException("a batch was answered with " + answer.statusCode());
            }
            return answer.statusCode();
        });
    }

    @Override
    public void close() {
        server.process().stop();
    }
}
