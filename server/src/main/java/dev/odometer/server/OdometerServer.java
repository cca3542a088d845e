package dev.odometer.server;

import dev.odometer.engine.Engine;
import dev.odometer.engine.EngineConfig;
import dev.odometer.engine.ShardStatus;
import dev.odometer.engine.store.Store;
import dev.odometer.engine.store.StoreException;
import dev.odometer.server.StartException.Door;
import dev.odometer.server.cluster.ClusterSeat;
import dev.odometer.server.cluster.ClusterSetup;
import dev.odometer.server.http.ClusterDescription;
import dev.odometer.server.http.ClusterInfo;
import dev.odometer.server.http.HttpApi;
import dev.odometer.server.http.HttpConfig;
import dev.odometer.server.http.SingleNode;
import dev.odometer.server.loop.EngineLoop;
import dev.odometer.server.metrics.ServerMeters;
import dev.odometer.server.redis.RedisConfig;
import dev.odometer.server.redis.RedisLimits;
import dev.odometer.server.redis.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server: one engine over a store, with its HTTP and Redis doors, from {@link #start} to {@link #stop}.
 *
 * <p>Owns the store from the call of {@link #start} on, and closes it also where the start fails. Thread-safe.
 */
public final class OdometerServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OdometerServer.class);

    /** How long each step of a stop may wait for answers, so that all of it takes less than {@link #STOP_LIMIT}. */
    private static final Duration STEP = Duration.ofSeconds(4);

    /** How long a stop takes at most, unless the disk hangs. */
    public static final Duration STOP_LIMIT = Duration.ofSeconds(10);

    private final Store store;
    private final EngineLoop loop;
    private final ServerMeters meters;
    private final Engine engine;
    private final HttpApi http;
    private final RedisServer redis;
    private final InetAddress bind;
    private final Duration drainDelay;

    /** Where this is one of several nodes. */
    private final @Nullable ClusterSeat cluster;

    private int httpPort;
    private int redisPort;
    private long restoredCounters;
    private @Nullable StopReport report;

    private OdometerServer(
            Store store, ServerConfig config, @Nullable ClusterSetup setup, InetAddress bind, FatalListener fatal) {
        this.store = store;
        this.bind = bind;
        this.drainDelay = config.drainDelay();
        // Names of commits must not repeat over restarts: the seed is truly random.
        this.loop = EngineLoop.open(new SplittableRandom(new SecureRandom().nextLong()));
        this.meters = new ServerMeters(config.version());
        EngineEvents events = new EngineEvents(meters, fatal, System::nanoTime);
        this.engine = new Engine(config.engine(), store, loop.environment(), events);
        this.redis = new RedisServer(redisConfig(config), engine, loop, meters.registry());
        if (setup == null) {
            this.cluster = null;
        } else {
            this.cluster = ClusterStart.seat(setup, config, bind, meters.registry(), loop.environment(), engine, store);
            events.alsoTell(cluster.listener());
        }
        ClusterInfo info = cluster == null ? alone(config) : cluster;
        this.http = new HttpApi(
                httpConfig(config), engine, config.engine(), loop.environment(), meters, info, config.version());
    }

    private ClusterInfo alone(ServerConfig config) {
        long started = loop.environment().wallMillis();
        ClusterDescription.Node self =
                new ClusterDescription.Node(config.engine().owner(), "live", "", "", "", config.version(), started);
        return new SingleNode(engine, self);
    }

    /**
     * Starts a server: acquires all shards and opens both doors. Returns when everything serves.
     *
     * @param fatal told where the engine cannot go on
     * @throws StoreException where the shards cannot be acquired
     * @throws StartException where it cannot listen
     */
    public static OdometerServer start(Store store, ServerConfig config, FatalListener fatal) {
        return start(store, config, null, fatal);
    }

    /**
     * Starts a server as a node of a cluster: joins it, waits for its share of the shards, opens both doors.
     *
     * @param setup how it takes part; null where it is alone
     * @param fatal told where the engine cannot go on
     * @throws StoreException where the shards cannot be acquired
     * @throws StartException where it cannot listen
     * @throws dev.odometer.engine.membership.MembershipException where it cannot join
     */
    public static OdometerServer start(
            Store store, ServerConfig config, @Nullable ClusterSetup setup, FatalListener fatal) {
        OdometerServer server;
        ServerConfig resolved;
        try {
            InetAddress bind = resolve(config.bind());
            resolved = setup == null ? config : ClusterStart.resolved(config, bind);
            server = new OdometerServer(store, resolved, setup, bind, fatal);
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
        try {
            server.open(resolved);
            return server;
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /**
     * Loads in the background what {@link #start} will need; to be called before the store is opened. Only makes
     * the start quicker.
     */
    public static void preload() {
        Thread thread = new Thread(new Preloading(), "odometer-preload");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Checks that both doors could be opened now, and leaves them closed. For a start that would make a data
     * directory: one that fails for a port then leaves nothing behind. Another process may still take a port before
     * {@link #start} does.
     *
     * @throws StartException where it could not listen
     */
    public static void checkDoors(ServerConfig config) {
        InetAddress bind = resolve(config.bind());
        try (ServerSocketChannel http = listen(Door.HTTP, "HTTP", bind, config.httpPort());
                ServerSocketChannel redis = listen(Door.REDIS, "the Redis protocol", bind, config.redisPort())) {
            LOG.debug("could listen on {} and {}", http, redis);
        } catch (IOException e) {
            throw new UncheckedIOException("a socket that was opened to look could not be closed", e);
        }
    }

    private static ServerSocketChannel listen(Door door, String name, InetAddress bind, int port) {
        // Of the address's own family: an IPv4 socket has nothing to do with what listens on IPv6 only.
        ProtocolFamily family =
                bind instanceof Inet4Address ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6;
        try {
            ServerSocketChannel channel = ServerSocketChannel.open(family);
            try {
                return channel.bind(new InetSocketAddress(bind, port));
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        } catch (IOException | UnsupportedOperationException e) {
            throw new StartException(
                    door,
                    "cannot listen for " + name + " on " + bind.getHostAddress() + ":" + port + ": " + message(e)
                            + "; stop what uses the port, or choose another address or port",
                    e);
        }
    }

    private void open(ServerConfig config) {
        if (cluster != null) {
            ClusterStart.open(cluster);
            httpPort = openHttp();
            redisPort = openRedis(config);
            restoredCounters = onLoop(() ->
                            CompletableFuture.completedFuture(engine.stats().counters()))
                    .join();
            return;
        }
        // The shards are acquired on the engine's thread while this one starts HTTP.
        CompletableFuture<List<ShardStatus>> acquired = onLoop(engine::acquireAll);
        httpPort = openHttp();
        redisPort = openRedis(config);
        List<ShardStatus> shards = await(acquired);
        restoredCounters = shards.stream().mapToLong(ShardStatus::counters).sum();
    }

    private int openHttp() {
        try {
            return http.start();
        } catch (IOException e) {
            throw new StartException(Door.HTTP, message(e), e);
        }
    }

    private int openRedis(ServerConfig config) {
        try {
            return redis.start(config.bind(), config.redisPort())
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new StartException(
                    Door.REDIS,
                    "cannot listen for the Redis protocol on " + config.bind() + ":" + config.redisPort() + ": "
                            + message(cause) + "; stop what uses the port, or choose another address or port",
                    cause);
        }
    }

    private static InetAddress resolve(String bind) {
        try {
            return InetAddress.getByName(bind);
        } catch (UnknownHostException e) {
            throw new StartException(Door.HTTP, "the address " + bind + " to listen on is not known here", e);
        }
    }

    private static HttpConfig httpConfig(ServerConfig config) {
        HttpConfig defaults = HttpConfig.defaults(config.bind(), config.httpPort());
        return defaults.withTimeouts(defaults.requestTimeout(), defaults.idleTimeout(), STEP);
    }

    private static RedisConfig redisConfig(ServerConfig config) {
        RedisLimits limits = RedisLimits.defaults();
        // Below the engine's bound, so that Redis clients meet a full server as slowness, not as errors.
        EngineConfig engine = config.engine();
        int maxUnanswered = Math.max(2, Math.min(limits.maxUnanswered(), engine.maxPendingOperations() / 2));
        RedisLimits bounded = limits.with(maxUnanswered, STEP.toMillis());
        return new RedisConfig(config.allowFlushall(), config.redisPassword(), bounded);
    }

    /** Where HTTP listens. */
    public InetSocketAddress httpAddress() {
        return new InetSocketAddress(bind, httpPort);
    }

    /** Where the Redis protocol listens. */
    public InetSocketAddress redisAddress() {
        return new InetSocketAddress(bind, redisPort);
    }

    /**
     * Says what to run where somebody on this machine asks over HTTP that the server be drained: the caller then is to
     * call {@link #stop}. Must not block. Until then such requests are refused.
     */
    public void onDrainAsked(Runnable action) {
        http.onDrainAsked(action);
    }

    /** How many shards the store has. */
    public int shards() {
        return store.shards();
    }

    /** How many counters there were at the start. */
    public long restoredCounters() {
        return restoredCounters;
    }

    /**
     * Stops gracefully: says so at {@code /readyz}, takes no more connections, commits and answers what was
     * accepted, refuses what comes later, closes the store. In a cluster it hands its shards over first. Takes at most
     * {@link ServerConfig#drainDelay} and {@link #STOP_LIMIT} unless the disk hangs. Idempotent.
     */
    public synchronized StopReport stop() {
        if (report != null) {
            return report;
        }
        long start = System.nanoTime();
        http.startDraining();
        if (cluster != null) {
            ClusterStart.giveUp(() -> onLoop(cluster::giveUpAll));
        }
        awaitBalancers(start);
        boolean redisAnswered = within(STEP, redis::close);
        // Redis is quiet: from here on the engine refuses, so that clients of HTTP that go on asking cannot hold up
        // the
        // stop.
        CompletableFuture<Void> drained = onLoop(engine::drain);
        boolean httpAnswered = within(STEP.plusMillis(500), http::stop);
        boolean committed = within(Duration.ofSeconds(1), () -> drained);
        if (cluster != null) {
            // Not before: the others refuse the calls of a node that is no member, and it forwarded until now.
            ClusterStart.leave(cluster);
            cluster.close();
        }
        loop.close();
        meters.close();
        store.close();
        report = new StopReport(redisAnswered && httpAnswered && committed, System.nanoTime() - start);
        return report;
    }

    /** Serves on until balancers had the time to notice that this server is not ready any more. */
    private void awaitBalancers(long startNanos) {
        long left = drainDelay.toNanos() - (System.nanoTime() - startNanos);
        if (left > 0) {
            CompletableFuture<Void> passed = new CompletableFuture<>();
            long millis = TimeUnit.NANOSECONDS.toMillis(left) + 1;
            loop.environment().execute(() -> loop.environment().schedule(() -> passed.complete(null), millis));
            within(Duration.ofMillis(millis).plus(STEP), () -> passed);
        }
    }

    /** Stops; see {@link #stop}. */
    @Override
    public void close() {
        stop();
    }

    /** Runs one step of a stop; false where it failed or did not come to its end. */
    static boolean within(Duration limit, Supplier<CompletionStage<Void>> step) {
        try {
            step.get().toCompletableFuture().get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException | RuntimeException e) {
            LOG.warn("a step of the stop failed; the stop goes on", e);
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private <T> CompletableFuture<T> onLoop(Supplier<CompletionStage<T>> action) {
        return CompletableFuture.supplyAsync(action, loop.environment()::execute)
                .thenCompose(stage -> stage);
    }

    private static <T> T await(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof StoreException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private static String message(Throwable cause) {
        String message = cause.getMessage();
        return message == null ? cause.toString() : message;
    }
}
