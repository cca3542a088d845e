package dev.odometer.server.http;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.odometer.engine.Engine;
import dev.odometer.engine.EngineConfig;
import dev.odometer.engine.model.Limits;
import dev.odometer.engine.store.StoreException;
import dev.odometer.server.metrics.ServerMeters;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Everything that is about the server rather than about counters: readiness, metrics, limits, documents. */
final class Pages {
    static final MediaType YAML = MediaType.parse("application/yaml; charset=utf-8");
    private static final MediaType PROMETHEUS = MediaType.parse("text/plain; version=0.0.4; charset=utf-8");

    private final EngineAccess access;
    private final ServerMeters meters;
    private final byte[] limits;
    private final byte[] openApi;
    private final byte[] root;
    private final ClusterInfo cluster;
    private final Draining draining;

    Pages(
            EngineAccess access,
            ServerMeters meters,
            HttpConfig http,
            EngineConfig engine,
            ClusterInfo cluster,
            Draining draining,
            String version) {
        this.access = access;
        this.cluster = cluster;
        this.draining = draining;
        this.meters = meters;
        this.limits = JsonAnswers.object(limits(http, engine));
        this.openApi = resource("openapi.yaml");
        Map<String, Object> links = new LinkedHashMap<>();
        links.put("name", "Odometer");
        links.put("version", version);
        links.put("counters", Route.LIST.template());
        links.put("cluster", Route.CLUSTER.template());
        links.put("limits", Route.LIMITS.template());
        links.put("openapi", Route.OPENAPI.template());
        this.root = JsonAnswers.object(links);
    }

    /** Every bound that a client can meet, under the name by which docs/api.md explains it. */
    private static Map<String, Object> limits(HttpConfig http, EngineConfig engine) {
        Map<String, Object> limits = new LinkedHashMap<>();
        limits.put("minValue", Long.MIN_VALUE);
        limits.put("maxValue", Long.MAX_VALUE);
        limits.put("maxKeyBytes", Limits.MAX_KEY_BYTES);
        limits.put("maxIdentityBytes", Limits.MAX_IDENTITY_BYTES);
        limits.put("maxBatchOperations", Limits.MAX_BATCH_OPERATIONS);
        limits.put("maxPageCounters", Limits.MAX_PAGE);
        limits.put("idempotencyWindowSeconds", engine.idempotencyWindowMillis() / 1_000);
        limits.put("requestIdWindowSeconds", engine.requestIdWindowMillis() / 1_000);
        limits.put("sessionIdleSeconds", engine.sessionIdleMillis() / 1_000);
        limits.put("maxClockSkewSeconds", EngineConfig.MAX_CLOCK_SKEW_MILLIS / 1_000);
        limits.put("maxIdentities", engine.maxIdentities());
        limits.put("maxPendingOperations", engine.maxPendingOperations());
        limits.put("maxBodyBytes", http.maxBodyBytes());
        limits.put("maxHeaderBytes", http.maxHeaderBytes());
        limits.put("maxRequestLineBytes", http.maxRequestLineBytes());
        limits.put("maxConnections", http.maxConnections());
        limits.put("maxPipelinedRequests", http.maxPipelined());
        limits.put("maxConcurrentListings", Operations.MAX_LISTINGS);
        limits.put("requestTimeoutMillis", http.requestTimeout().toMillis());
        limits.put("idleTimeoutMillis", http.idleTimeout().toMillis());
        return limits;
    }

    private static byte[] resource(String name) {
        try (InputStream in = Pages.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing from the program; build it again");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(name + " cannot be read from the program", e);
        }
    }

    byte[] limits() {
        return limits;
    }

    byte[] openApi() {
        return openApi;
    }

    byte[] root() {
        return root;
    }

    /** Ready while this node serves its shards and is not about to stop. */
    HttpResponse ready(ServiceRequestContext context) {
        if (draining.isStarted()) {
            return notReady("The server is draining: it is about to stop.");
        }
        CompletableFuture<HttpResponse> answer =
                access.ask(context.eventLoop().withoutContext(), engine -> done(readiness(engine)));
        return HttpResponse.of(answer);
    }

    private HttpResponse readiness(Engine engine) {
        String reason = cluster.notReady();
        if (reason != null) {
            return notReady(reason);
        }
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("status", "ready");
        status.put("shards", engine.shardCount());
        return Replies.json(JsonAnswers.object(status));
    }

    /** The members and who owns which shard. */
    HttpResponse cluster(ServiceRequestContext context) {
        CompletableFuture<ClusterDescription> described =
                access.ask(context.eventLoop().withoutContext(), engine -> cluster.describe());
        return HttpResponse.of(described.handle((cluster, failure) -> {
            if (cluster != null) {
                return Replies.json(JsonAnswers.cluster(cluster));
            } else if (failure instanceof StoreException) {
                return Replies.problem(
                        new Problem(ProblemType.UNAVAILABLE, "The store cannot be asked who owns the shards now."));
            }
            throw new CompletionException(failure);
        }));
    }

    private static HttpResponse notReady(String detail) {
        return Replies.problem(new Problem(ProblemType.NOT_READY, detail));
    }

    /** The meters, with the engine's figures of this moment. */
    HttpResponse metrics(ServiceRequestContext context) {
        CompletableFuture<Void> refreshed =
                access.ask(context.eventLoop().withoutContext(), engine -> done(refresh(engine)));
        return HttpResponse.of(refreshed.thenApply(
                ignored -> Replies.content(PROMETHEUS, meters.scrape().getBytes(StandardCharsets.UTF_8))));
    }

    @SuppressWarnings("NullAway") // a Void has no value
    private Void refresh(Engine engine) {
        meters.refresh(engine.stats());
        cluster.refreshMeters();
        return null;
    }

    private static <T> CompletableFuture<T> done(T value) {
        return CompletableFuture.completedFuture(value);
    }
}
