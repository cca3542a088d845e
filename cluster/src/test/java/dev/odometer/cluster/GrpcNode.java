package dev.odometer.cluster;

import dev.odometer.cluster.grpc.GrpcPeers;
import dev.odometer.cluster.grpc.PeerServer;
import dev.odometer.cluster.grpc.PeerTls;
import dev.odometer.engine.Answer;
import dev.odometer.engine.BatchAnswer;
import dev.odometer.engine.Engine;
import dev.odometer.engine.EngineConfig;
import dev.odometer.engine.EngineListener;
import dev.odometer.engine.membership.Member;
import dev.odometer.engine.model.Identity;
import dev.odometer.engine.model.Operation;
import dev.odometer.testkit.MemoryCoordinator;
import dev.odometer.testkit.SharedMemoryStore;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A node of a cluster in this JVM, with its own thread and its port for the others. */
final class GrpcNode {
    final Member member;
    final LoopEnvironment environment;
    final Engine engine;
    final ClusterNode cluster;
    private final MemoryCoordinator.Session session;
    private final MemoryCoordinator coordinator;
    private final GrpcPeers peers;
    private final PeerServer server;

    GrpcNode(
            String name,
            SharedMemoryStore store,
            MemoryCoordinator coordinator,
            @Nullable PeerTls tls,
            EventLoopGroup workers)
            throws IOException {
        this.coordinator = coordinator;
        int port = freePort();
        String incarnation = UUID.randomUUID().toString().replace("-", "");
        member = new Member(name, incarnation, "127.0.0.1:" + port, "", "", "test", 0);
        environment = new LoopEnvironment(name.hashCode() + port);
        session = coordinator.session(environment::execute);
        ClusterConfig config = ClusterConfig.defaults();
        peers = new GrpcPeers(member, tls, config, environment, workers);
        EngineConfig engineConfig =
                new EngineConfig(name, 3_600_000, 60_000, 3_600_000, 10_000, 10_000, 100_000, false);
        EngineListener[] listener = {EngineListener.NONE};
        engine = new Engine(engineConfig, store, environment, new EngineListener() {
            @Override
            public void acquired(int shard, long epoch, long counters) {
                listener[0].acquired(shard, epoch, counters);
            }

            @Override
            public void lost(int shard, String reason) {
                listener[0].lost(shard, reason);
            }
        });
        cluster = new ClusterNode(config, environment, engine, store, member, session, peers);
        listener[0] = cluster.listener();
        server = PeerServer.start(new InetSocketAddress("127.0.0.1", port), tls, config, cluster, environment, workers);
        environment.execute(cluster::start);
        session.join(member);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    int port() {
        return server.port();
    }

    CompletableFuture<Answer> submit(Operation operation, @Nullable Identity identity) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        environment.execute(() -> engine.submit(
                operation,
                identity,
                (token, outcome, value, replayed) -> answer.complete(new Answer(outcome, value, replayed)),
                0));
        return answer;
    }

    CompletableFuture<BatchAnswer> batch(List<Operation> operations, Identity identity) {
        return CompletableFuture.supplyAsync(() -> engine.batch(operations, identity), environment::execute)
                .thenCompose(stage -> stage);
    }

    int served() {
        return CompletableFuture.supplyAsync(
                        () -> {
                            int served = 0;
                            for (int shard = 0; shard < engine.shardCount(); shard++) {
                                served += engine.isServing(shard) ? 1 : 0;
                            }
                            return served;
                        },
                        environment::execute)
                .join();
    }

    /** Ends as a killed process does: its thread stops, its port is closed, its session stays for now. */
    void kill() {
        environment.close();
        server.close();
        peers.close();
    }

    void stop() {
        session.leave();
        kill();
    }

    /** Its session is over. */
    void expire() {
        coordinator.expire(member);
    }
}
