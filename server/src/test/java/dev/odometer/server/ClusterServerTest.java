package dev.odometer.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.odometer.cluster.ClusterConfig;
import dev.odometer.engine.EngineConfig;
import dev.odometer.server.cluster.ClusterSetup;
import dev.odometer.testkit.MemoryCoordinator;
import dev.odometer.testkit.SharedMemoryStore;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.Jedis;

/** Servers that are nodes of one cluster, in this JVM, with a store and a coordinator in memory. */
@Timeout(120)
class ClusterServerTest {
    private static final int SHARDS = 16;

    private final SharedMemoryStore store = new SharedMemoryStore(SHARDS, Runnable::run);
    private final MemoryCoordinator coordinator = new MemoryCoordinator(System::nanoTime);
    private final ExecutorService listeners = Executors.newSingleThreadExecutor();
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<OdometerServer> servers = new ArrayList<>();

    private OdometerServer start(String name) {
        ServerConfig config =
                new ServerConfig("test", "127.0.0.1", 0, 0, false, null, Duration.ZERO, EngineConfig.defaults(name));
        ClusterSetup setup =
                new ClusterSetup(coordinator.session(listeners), "127.0.0.1", 0, null, ClusterConfig.defaults());
        OdometerServer server = OdometerServer.start(store, config, setup, (message, cause) -> {
            throw new AssertionError(message, cause);
        });
        servers.add(server);
        return server;
    }

    @BeforeEach
    void startThree() {
        start("n1");
        start("n2");
        start("n3");
        await().atMost(Duration.ofSeconds(20))
                .until(() -> owners().size() == 3 && servers.stream().allMatch(this::isReady));
    }

    @AfterEach
    void stop() {
        servers.forEach(OdometerServer::stop);
        listeners.shutdownNow();
    }

    @Test
    void any_server_counts_for_all_over_http_and_the_redis_protocol() throws Exception {
        for (int i = 0; i < 30; i++) {
            for (OdometerServer server : servers) {
                try (Jedis redis = new Jedis("127.0.0.1", server.redisAddress().getPort())) {
                    redis.incr("k" + i);
                }
                assertThat(post(server, "/v1/counters/k" + i + "/add").statusCode())
                        .isEqualTo(200);
            }
            for (OdometerServer server : servers) {
                assertThat(get(server, "/v1/counters/k" + i).body()).contains("\"value\":6}");
                assertThat(get(server, "/v1/counters/k" + i + "?consistency=linearizable")
                                .body())
                        .contains("\"value\":6}");
            }
        }
        for (OdometerServer server : servers) {
            JsonNode page = json(get(server, "/v1/counters?limit=100"));
            assertThat(page.get("counters")).as("a listing merges all shards").hasSize(30);
            try (Jedis redis = new Jedis("127.0.0.1", server.redisAddress().getPort())) {
                assertThat(redis.dbSize()).isEqualTo(30);
            }
        }
    }

    @Test
    void the_cluster_is_described_without_secrets() throws Exception {
        for (OdometerServer server : servers) {
            assertThat(get(server, "/readyz").statusCode()).isEqualTo(200);
            HttpResponse<String> response = get(server, "/v1/cluster");
            JsonNode cluster = json(response);
            assertThat(cluster.get("members")).hasSize(3);
            assertThat(cluster.get("shards")).hasSize(SHARDS);
            assertThat(cluster.get("membership").asText()).isEqualTo("joined");
            assertThat(response.body()).doesNotContain("incarnation").doesNotContainPattern("[0-9a-f]{32}");
        }
    }

    @Test
    void a_server_that_stops_under_load_fails_no_request_at_the_others() throws Exception {
        OdometerServer one = servers.get(0);
        OdometerServer stops = servers.get(1);
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        CompletableFuture<StopReport> stopped = null;
        for (int i = 0; i < 1_500; i++) {
            answers.add(http.sendAsync(add(one, "k" + i % 40), HttpResponse.BodyHandlers.ofString()));
            if (i == 500) {
                stopped = CompletableFuture.supplyAsync(stops::stop);
            }
            if (i % 50 == 49) {
                answers.get(i).join();
            }
        }
        assertThat(answers).allMatch(answer -> answer.join().statusCode() == 200);
        assertThat(stopped.join().isClean()).isTrue();
        long sum = 0;
        for (JsonNode counter : json(get(one, "/v1/counters?limit=100")).get("counters")) {
            sum += counter.get("value").asLong();
        }
        assertThat(sum).isEqualTo(answers.size());
        assertThat(json(get(one, "/v1/cluster")).get("members")).hasSize(2);
    }

    private boolean isReady(OdometerServer server) {
        return http.sendAsync(
                                HttpRequest.newBuilder(uri(server, "/readyz")).build(),
                                HttpResponse.BodyHandlers.discarding())
                        .join()
                        .statusCode()
                == 200;
    }

    private Set<String> owners() {
        Set<String> owners = new TreeSet<>();
        for (int shard = 0; shard < SHARDS; shard++) {
            owners.add(store.headNow(shard).owner());
        }
        return owners;
    }

    private static HttpRequest add(OdometerServer server, String key) {
        return HttpRequest.newBuilder(uri(server, "/v1/counters/" + key + "/add"))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
    }

    private static URI uri(OdometerServer server, String path) {
        return URI.create("http://127.0.0.1:" + server.httpAddress().getPort() + path);
    }

    private HttpResponse<String> post(OdometerServer server, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri(server, path))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> get(OdometerServer server, String path) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(uri(server, path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static JsonNode json(HttpResponse<String> response) throws IOException {
        return new ObjectMapper().readTree(response.body());
    }
}
