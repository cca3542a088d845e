package dev.odometer.cluster.grpc;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.metric.NoopMeterRegistry;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.grpc.GrpcService;
import dev.odometer.cluster.Callers;
import dev.odometer.cluster.ClusterConfig;
import dev.odometer.cluster.ClusterNode;
import dev.odometer.engine.EngineEnvironment;
import dev.odometer.engine.membership.Member;
import io.grpc.Status;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.ClientAuth;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The port on which other nodes call this one. A call that does not prove to be a member's, or is meant for another
 * process, is refused before anything of it is read. Thread-safe.
 */
public final class PeerServer implements AutoCloseable {
    private static final int MAX_CONNECTIONS = 1_024;

    private final Server server;

    private PeerServer(Server server) {
        this.server = server;
    }

    /**
     * Listens.
     *
     * @param workers the threads that read and write; they stay the caller's
     * @throws IOException where it cannot listen there, or the TLS files cannot be used
     */
    public static PeerServer start(
            InetSocketAddress address,
            @Nullable PeerTls tls,
            ClusterConfig config,
            ClusterNode node,
            EngineEnvironment environment,
            EventLoopGroup workers)
            throws IOException {
        HttpService grpc = GrpcService.builder()
                .addService(new NodeEndpoint(node.service(), environment))
                .maxRequestMessageLength(ClusterConfig.MAX_MESSAGE_BYTES)
                .build();
        ServerBuilder builder = Server.builder()
                .bossGroupFactory(name -> PeerLoops.make(1, name))
                .workerGroup(workers, false)
                .meterRegistry(NoopMeterRegistry.get())
                .disableServerHeader()
                // Calls that a peer gives up are no news.
                .unloggedExceptionsReportIntervalMillis(0)
                .maxNumConnections(MAX_CONNECTIONS)
                .connectionDrainDuration(Duration.ZERO)
                .maxRequestLength(ClusterConfig.MAX_MESSAGE_BYTES + 1_024L)
                .requestTimeoutMillis(2 * config.attemptMillis())
                .serviceUnder("/", grpc.decorate((service, context, request) -> {
                    Status refusal = refusal(node.callers(), context, request);
                    return refusal == null ? service.serve(context, request) : refused(refusal);
                }));
        if (tls == null) {
            builder.http(address);
        } else {
            builder.https(address)
                    .tls(tls.keyPair())
                    .tlsCustomizer(ssl -> ssl.trustManager(tls.trustedFile()).clientAuth(ClientAuth.REQUIRE));
        }
        Server server;
        try {
            server = builder.build();
            server.start().join();
        } catch (CompletionException | IllegalArgumentException | IllegalStateException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(
                    "cannot listen for other nodes on " + address.getHostString() + ":" + address.getPort() + ": "
                            + cause.getMessage(),
                    cause);
        }
        return new PeerServer(server);
    }

    private static @Nullable Status refusal(Callers callers, ServiceRequestContext context, HttpRequest request) {
        String from = request.headers().get(CallHeaders.FROM, "");
        Member caller = callers.caller(from, request.headers().get(CallHeaders.FROM_INCARNATION, ""));
        if (caller == null) {
            return Status.UNAUTHENTICATED.withDescription("the caller is no member that is known here");
        }
        if (!callers.isForMe(request.headers().get(CallHeaders.TO_INCARNATION, ""))) {
            return Status.FAILED_PRECONDITION.withDescription("the call is meant for another process");
        }
        context.setAttr(NodeEndpoint.CALLER, caller);
        return null;
    }

    private static HttpResponse refused(Status status) {
        return HttpResponse.of(
                ResponseHeaders.builder(HttpStatus.OK)
                        .contentType(MediaType.parse("application/grpc"))
                        .set("grpc-status", String.valueOf(status.getCode().value()))
                        .set("grpc-message", String.valueOf(status.getDescription()))
                        .build(),
                HttpData.empty());
    }

    /** The port. */
    public int port() {
        return server.activeLocalPort();
    }

    /** Stops listening, and ends calls that are under way. Waits for at most a few seconds. */
    @Override
    public void close() {
        server.closeAsync()
                .orTimeout(3, TimeUnit.SECONDS)
                .handle((done, error) -> done)
                .join();
    }
}
