package dev.odometer.server.http;

import dev.odometer.engine.Engine;
import dev.odometer.engine.EngineConfig;
import dev.odometer.engine.store.Store;
import dev.odometer.server.metrics.ServerMeters;
import dev.odometer.testkit.ThreadEnvironment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/** A server over a store in memory, on a free port, and a client. */
final class HttpHarness implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    final ThreadEnvironment environment = new ThreadEnvironment("engine", new SplittableRandom(1));
    final MemoryStore store;
    final ServerMeters meters = new ServerMeters("test");
    final Engine engine;
    final HttpApi api;
    final int port;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    HttpHarness() {
        this(HttpConfig.defaults("127.0.0.1", 0), EngineConfig.defaults("test"));
    }

    HttpHarness(HttpConfig http, EngineConfig config) {
        this(http, config, new MemoryStore(4));
    }

    private HttpHarness(HttpConfig http, EngineConfig config, MemoryStore store) {
        this(http, config, store, store);
    }

    /** Over another store than one in memory; {@link #store} then is not used. */
    HttpHarness(Store backing) {
        this(HttpConfig.defaults("127.0.0.1", 0), EngineConfig.defaults("test"), backing, new MemoryStore(1));
    }

    private HttpHarness(HttpConfig http, EngineConfig config, Store backing, MemoryStore store) {
        this.store = store;
        engine = new Engine(config, backing, environment, meters);
        CompletableFuture<Void> acquired = new CompletableFuture<>();
        environment.execute(() -> engine.acquireAll().whenComplete((shards, failure) -> {
            if (failure == null) {
                acquired.complete(null);
            } else {
                acquired.completeExceptionally(failure);
            }
        }));
        acquired.join();
        api = new HttpApi(http, engine, config, environment, meters, alone(engine), "test");
        try {
            port = api.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ClusterInfo alone(Engine engine) {
        return new SingleNode(engine, new ClusterDescription.Node("test", "live", "", "", "", "test", 0));
    }

    HttpResponse<String> get(String path) {
        return exchange("GET", path, "");
    }

    HttpResponse<String> post(String path, String body, String... headers) {
        return exchange("POST", path, body, headers);
    }

    HttpResponse<String> put(String path, String body, String... headers) {
        return exchange("PUT", path, body, headers);
    }

    HttpResponse<String> delete(String path, String... headers) {
        return exchange("DELETE", path, "", headers);
    }

    HttpResponse<String> exchange(String method, String path, String body, String... headers) {
        return exchangeAsync(method, path, body, headers).join();
    }

    CompletableFuture<HttpResponse<String>> exchangeAsync(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(PATIENCE)
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    }

    RawHttp connect() {
        try {
            return new RawHttp(port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        api.close();
        meters.close();
        environment.close();
    }
}
