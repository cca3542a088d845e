package dev.odometer.server;

import dev.odometer.engine.Engine;
import dev.odometer.engine.EngineConfig;
import dev.odometer.engine.EngineEnvironment;
import dev.odometer.engine.membership.Member;
import dev.odometer.engine.store.Store;
import dev.odometer.server.StartException.Door;
import dev.odometer.server.cluster.ClusterSeat;
import dev.odometer.server.cluster.ClusterSetup;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * How a server that is a node of a cluster starts and leaves. Apart, so that a server that is alone loads none of
 * it.
 */
final class ClusterStart {
    private static final int SECRET_BYTES = 16;
    private static final Duration GIVE_UP = Duration.ofSeconds(3);
    private static final Duration LEAVE = Duration.ofSeconds(1);

    private ClusterStart() {}

    /**
     * The configuration with ports that are known, for a node publishes them before its doors are open; and with an
     * engine that leaves it to the cluster what to acquire.
     */
    static ServerConfig resolved(ServerConfig config, InetAddress bind) {
        EngineConfig engine = config.engine();
        return new ServerConfig(
                config.version(),
                config.bind(),
                port(config.httpPort(), bind),
                port(config.redisPort(), bind),
                config.allowFlushall(),
                config.redisPassword(),
                config.drainDelay(),
                new EngineConfig(
                        engine.owner(),
                        engine.idempotencyWindowMillis(),
                        engine.requestIdWindowMillis(),
                        engine.sessionIdleMillis(),
                        engine.maxIdentities(),
                        engine.maxCachedCounters(),
                        engine.maxPendingOperations(),
                        false));
    }

    private static int port(int configured, InetAddress bind) {
        if (configured != 0) {
            return configured;
        }
        try (ServerSocket socket = new ServerSocket(0, 1, bind)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new StartException(Door.CLUSTER, "no free port on " + bind.getHostAddress(), e);
        }
    }

    static ClusterSeat seat(
            ClusterSetup setup,
            ServerConfig config,
            InetAddress bind,
            MeterRegistry registry,
            EngineEnvironment environment,
            Engine engine,
            Store store) {
        byte[] secret = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(secret);
        int port = port(setup.port(), bind);
        String host = setup.advertise().contains(":") && !setup.advertise().startsWith("[")
                ? "[" + setup.advertise() + "]"
                : setup.advertise();
        Member self = new Member(
                config.engine().owner(),
                HexFormat.of().formatHex(secret),
                host + ":" + port,
                host + ":" + config.httpPort(),
                host + ":" + config.redisPort(),
                config.version(),
                environment.wallMillis());
        return new ClusterSeat(setup, self, new InetSocketAddress(bind, port), registry, environment, engine, store);
    }

    static void open(ClusterSeat seat) {
        try {
            seat.open();
        } catch (IOException e) {
            throw new StartException(Door.CLUSTER, String.valueOf(e.getMessage()), e);
        }
    }

    /** Hands all shards over while everything is still forwarded. */
    static void giveUp(Supplier<CompletionStage<Void>> giveUp) {
        OdometerServer.within(GIVE_UP, giveUp);
    }

    /** Leaves, with nothing served any more. */
    static void leave(ClusterSeat seat) {
        OdometerServer.within(LEAVE, seat::leave);
    }
}
