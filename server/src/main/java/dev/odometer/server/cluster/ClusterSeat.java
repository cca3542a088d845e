package dev.odometer.server.cluster;

import dev.odometer.cluster.ClusterNode;
import dev.odometer.cluster.ClusterState;
import dev.odometer.cluster.grpc.GrpcPeers;
import dev.odometer.cluster.grpc.PeerLoops;
import dev.odometer.cluster.grpc.PeerServer;
import dev.odometer.engine.Engine;
import dev.odometer.engine.EngineEnvironment;
import dev.odometer.engine.EngineListener;
import dev.odometer.engine.membership.Member;
import dev.odometer.engine.membership.MembershipView;
import dev.odometer.engine.store.Store;
import dev.odometer.server.http.ClusterDescription;
import dev.odometer.server.http.ClusterInfo;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server's seat in its cluster, from the opening of the port for other nodes to leaving.
 *
 * <p>Not thread-safe: the server's own thread, but for what {@link ClusterInfo} says of its methods.
 */
public final class ClusterSeat implements ClusterInfo, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterSeat.class);
    private static final int THREADS = 2;
    private static final long REMIND_SECONDS = 10;
    private static final long SETTLE_MILLIS = 15_000;
    private static final long SETTLE_STEP_MILLIS = 20;

    private final ClusterSetup setup;
    private final Member self;
    private final InetSocketAddress address;
    private final EngineEnvironment environment;
    private final EventLoopGroup workers;
    private final GrpcPeers peers;
    private final ClusterNode node;
    private final ClusterHeads heads;
    private final ClusterMeters meters;
    private @Nullable PeerServer server;

    /**
     * Takes the seat; nothing is opened yet.
     *
     * @param self what it will publish
     * @param address where to listen for other nodes
     * @param registry where its meters go
     */
    public ClusterSeat(
            ClusterSetup setup,
            Member self,
            InetSocketAddress address,
            MeterRegistry registry,
            EngineEnvironment environment,
            Engine engine,
            Store store) {
        this.setup = setup;
        this.self = self;
        this.address = address;
        this.environment = environment;
        workers = PeerLoops.make(THREADS);
        peers = new GrpcPeers(self, setup.tls(), setup.bounds(), environment, workers);
        node = new ClusterNode(setup.bounds(), environment, engine, store, self, setup.membership(), peers);
        heads = new ClusterHeads(environment, engine, store, self.name());
        meters = new ClusterMeters(registry, node::state);
    }

    /** What is to be told of the engine's events. */
    public EngineListener listener() {
        return node.listener();
    }

    /**
     * Opens the port, joins, and waits until this node serves its share, for as long as a handoff may take.
     *
     * @throws IOException where it cannot listen
     * @throws RuntimeException the membership's own, where it cannot join
     */
    public void open() throws IOException {
        server = PeerServer.start(address, setup.tls(), setup.bounds(), node, environment, workers);
        environment.execute(node::start);
        join();
        settle();
    }

    private void join() {
        CompletableFuture<Void> joined = setup.membership().join(self).toCompletableFuture();
        while (true) {
            try {
                joined.get(REMIND_SECONDS, TimeUnit.SECONDS);
                return;
            } catch (TimeoutException e) {
                LOG.warn("waiting for the coordinator, or for the session of this node's predecessor to end");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while joining", e);
            } catch (ExecutionException e) {
                throw e.getCause() instanceof RuntimeException cause ? cause : new CompletionException(e.getCause());
            }
        }
    }

    private void settle() {
        CompletableFuture<Void> settled = new CompletableFuture<>();
        environment.execute(() -> lookWhether(settled, environment.nanos() + SETTLE_MILLIS * 1_000_000));
        settled.join();
    }

    private void lookWhether(CompletableFuture<Void> settled, long untilNanos) {
        if (node.state().isReady() || environment.nanos() > untilNanos) {
            settled.complete(null);
        } else {
            environment.schedule(() -> lookWhether(settled, untilNanos), SETTLE_STEP_MILLIS);
        }
    }

    /** Gives up all shards in peace, while there is somebody to take them. Called on the engine's thread. */
    public CompletionStage<Void> giveUpAll() {
        return node.giveUpAll();
    }

    /** Leaves the cluster: the others see it go at once. */
    public CompletionStage<Void> leave() {
        return setup.membership().leave();
    }

    @Override
    public @Nullable String notReady() {
        ClusterState state = node.state();
        if (state.isReady()) {
            return null;
        }
        return switch (state.membership()) {
            case JOINING -> "This node has not joined the cluster yet.";
            case LOST -> "This node's session is lost; it is joining again.";
            case LEFT -> "This node has left the cluster.";
            case JOINED, SUSPENDED -> state.missing() + " shards that this node is to serve are not served yet.";
        };
    }

    @Override
    public void refreshMeters() {
        meters.refresh();
    }

    @Override
    public CompletionStage<ClusterDescription> describe() {
        ClusterState state = node.state();
        MembershipView.State membership = state.membership();
        return heads.read()
                .thenApply(shards -> new ClusterDescription(
                        self.name(),
                        membership.name().toLowerCase(Locale.ROOT),
                        state.members().stream()
                                .map(peer -> new ClusterDescription.Node(
                                        peer.name(),
                                        peer.suspected() ? "suspected" : "live",
                                        peer.address(),
                                        peer.httpAddress(),
                                        peer.redisAddress(),
                                        peer.version(),
                                        peer.startedMillis()))
                                .toList(),
                        shards));
    }

    /** Closes the port and the connections to others. What is still being forwarded is broken off. */
    @Override
    public void close() {
        environment.execute(node::stop);
        if (server != null) {
            server.close();
        }
        peers.close();
        setup.membership().close();
        workers.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(1, TimeUnit.SECONDS);
    }
}
