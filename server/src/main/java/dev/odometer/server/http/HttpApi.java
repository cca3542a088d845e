package dev.odometer.server.http;

import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.common.metric.NoopMeterRegistry;
import com.linecorp.armeria.server.GracefulShutdown;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerPort;
import dev.odometer.engine.Engine;
import dev.odometer.engine.EngineConfig;
import dev.odometer.engine.EngineEnvironment;
import dev.odometer.server.metrics.ServerMeters;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP door: {@code /v1} over an engine, health, metrics and the OpenAPI document. What it answers is in
 * docs/api.md.
 *
 * <p>Acknowledges a write after its commit and never before. Thread-safe; requests are read and answered on event
 * loops of its own, and every operation runs on the engine's thread. Nothing here blocks either.
 */
public final class HttpApi implements AutoCloseable {
    private static final int MAX_RESETS_PER_WINDOW = 400;
    private static final int RESET_WINDOW_SECONDS = 30;
    /**
     * Answers that wait for a slow reader, in bytes: above the high mark nothing more is read from it, until the low
     * one.
     */
    private static final int HIGH_WATER = 256 << 10;

    private static final int LOW_WATER = 64 << 10;
    /** What is read at once, in bytes: it bounds how many small requests come between two looks at the guard. */
    private static final int READ = 16 << 10;

    private final HttpConfig config;
    private final Draining draining;
    private final HttpRoutes routes;
    private final AtomicReference<@Nullable Channel> listener = new AtomicReference<>();
    private final Set<ConnectionGuard> connections = ConcurrentHashMap.newKeySet();
    private final Server server;

    /**
     * A door that is not open yet.
     *
     * @param engineConfig the engine's bounds, for {@code /v1/limits}
     * @param environment the environment of {@code engine}: where its tasks run
     * @param meters the meters to publish; the door adds its own
     * @param cluster what to say about the nodes
     * @param version what {@code GET /} gives as the program's version
     */
    public HttpApi(
            HttpConfig config,
            Engine engine,
            EngineConfig engineConfig,
            EngineEnvironment environment,
            ServerMeters meters,
            ClusterInfo cluster,
            String version) {
        this.config = config;
        EngineAccess access = new EngineAccess(engine, environment);
        this.draining = new Draining(engineConfig.owner());
        Pages pages = new Pages(access, meters, config, engineConfig, cluster, draining, version);
        HttpMeters httpMeters = new HttpMeters(meters.registry());
        this.routes = new HttpRoutes(access, httpMeters, pages, draining);
        this.server = server(httpMeters);
        httpMeters.connections(server::numConnections);
    }

    private Server server(HttpMeters meters) {
        return Server.builder()
                .port(new ServerPort(new InetSocketAddress(config.bind(), config.port()), SessionProtocol.HTTP))
                .bossGroupFactory(name -> Loops.make(1, name))
                .workerGroup(Loops.make(config.threads(), "odometer-http"), true)
                .meterRegistry(NoopMeterRegistry.get())
                .maxNumConnections(config.maxConnections())
                .idleTimeout(config.idleTimeout(), false)
                .requestTimeout(config.requestTimeout())
                .maxRequestLength(config.maxBodyBytes())
                .http1MaxInitialLineLength(config.maxRequestLineBytes())
                .http1MaxHeaderSize(config.maxHeaderBytes())
                .http2MaxHeaderListSize(config.maxHeaderBytes())
                .http2MaxStreamsPerConnection(config.maxPipelined())
                .http2MaxResetFramesPerWindow(MAX_RESETS_PER_WINDOW, RESET_WINDOW_SECONDS)
                .gracefulShutdown(GracefulShutdown.builder()
                        .quietPeriod(Duration.ofMillis(1))
                        .timeout(config.stopTimeout())
                        .build())
                .childChannelPipelineCustomizer(this::guard)
                .disableServerHeader()
                .errorHandler(new ProblemHandler(meters))
                .serviceUnder("/", routes)
                .build();
    }

    private void guard(ChannelPipeline pipeline) {
        Channel channel = pipeline.channel();
        listener.compareAndSet(null, channel.parent());
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(LOW_WATER, HIGH_WATER));
        channel.config()
                .setRecvByteBufAllocator(new AdaptiveRecvByteBufAllocator(512, 2_048, READ).maxMessagesPerRead(1));
        pipeline.addFirst(
                new ConnectionGuard(config.maxPipelined(), config.idleTimeout().toMillis(), connections));
    }

    /**
     * Opens the door; returns the port that it listens on. Blocks until then.
     *
     * @throws IOException where it cannot listen there; the message says where and what to do
     */
    public int start() throws IOException {
        try {
            server.start().join();
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(
                    "cannot listen for HTTP on " + config.bind() + ":" + config.port() + ": " + cause.getMessage()
                            + "; stop what uses the port, or choose another address or port",
                    cause);
        }
        return server.activeLocalPort();
    }

    /**
     * Says what to run, on a thread that must not be blocked, where a drain is asked for over HTTP. Until then such
     * requests are refused.
     */
    public void onDrainAsked(Runnable action) {
        draining.onAsked(action);
    }

    /**
     * Makes {@code /readyz} say 503, so that balancers send nothing new, and closes HTTP/1 connections with their next
     * answer. Everything is served as before.
     */
    public void startDraining() {
        draining.start();
    }

    /**
     * Stops: accepts no more connections and operations, answers the requests that it has, closes. Completes when all
     * are answered, or when {@link HttpConfig#stopTimeout} has passed; the engine must run until then. Idempotent.
     */
    public CompletionStage<Void> stop() {
        draining.start();
        routes.stopTaking();
        Channel open = listener.get();
        if (open != null) {
            // Armeria closes it too, but only after the last answer.
            ChannelFuture unused = open.close();
        }
        // Those that nobody waits on; Armeria would keep them for another second.
        connections.forEach(ConnectionGuard::closeIfIdle);
        return server.stop();
    }

    /** Stops and waits for it. */
    @Override
    public void close() {
        stop().toCompletableFuture().join();
    }
}
