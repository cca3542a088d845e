package dev.odometer.cluster.grpc;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.ClientFactoryBuilder;
import com.linecorp.armeria.client.UnprocessedRequestException;
import com.linecorp.armeria.client.grpc.GrpcClients;
import com.linecorp.armeria.common.metric.NoopMeterRegistry;
import dev.odometer.cluster.ApplyCall;
import dev.odometer.cluster.ApplySink;
import dev.odometer.cluster.ClusterConfig;
import dev.odometer.cluster.HandoffCall;
import dev.odometer.cluster.PeerException;
import dev.odometer.cluster.PeerException.Kind;
import dev.odometer.cluster.Peers;
import dev.odometer.cluster.SessionCall;
import dev.odometer.cluster.grpc.proto.ApplyAnswers;
import dev.odometer.cluster.grpc.proto.HandoffAnswer;
import dev.odometer.cluster.grpc.proto.HandoffRequest;
import dev.odometer.cluster.grpc.proto.NodeGrpc;
import dev.odometer.cluster.grpc.proto.SessionBatchAnswer;
import dev.odometer.cluster.grpc.proto.UnitAnswers;
import dev.odometer.engine.BatchAnswer;
import dev.odometer.engine.EngineEnvironment;
import dev.odometer.engine.membership.Member;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import java.net.ConnectException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Calls other nodes over gRPC: one HTTP/2 connection a peer, many calls at a time on it. Only the engine's
 * thread.
 */
public final class GrpcPeers implements Peers, AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(30);

    private final Member self;
    private final ClusterConfig config;
    private final EngineEnvironment environment;
    private final ClientFactory factory;
    private final String scheme;
    private final Map<String, Stub> stubs = new HashMap<>();

    /** How to call one process. */
    private record Stub(Member member, NodeGrpc.NodeStub stub) {}

    /**
     * Creates the way to other nodes; no connection is made yet.
     *
     * @param workers the threads that read and write; they stay the caller's
     */
    public GrpcPeers(
            Member self,
            @Nullable PeerTls tls,
            ClusterConfig config,
            EngineEnvironment environment,
            EventLoopGroup workers) {
        this.self = self;
        this.config = config;
        this.environment = environment;
        this.scheme = tls == null ? "gproto+h2c" : "gproto+h2";
        ClientFactoryBuilder builder = ClientFactory.builder()
                .workerGroup(workers, false)
                .connectTimeout(CONNECT_TIMEOUT)
                .idleTimeout(IDLE_TIMEOUT)
                .meterRegistry(NoopMeterRegistry.get())
                .useHttp2Preface(true);
        if (tls != null) {
            builder.tls(tls.keyPair()).tlsCustomizer(ssl -> ssl.trustManager(tls.trustedFile()));
        }
        this.factory = builder.build();
    }

    private NodeGrpc.NodeStub stub(Member to) {
        Stub known = stubs.get(to.name());
        if (known == null || !known.member.equals(to)) {
            NodeGrpc.NodeStub stub = GrpcClients.builder(scheme + "://" + to.address() + "/")
                    .factory(factory)
                    .responseTimeoutMillis(config.attemptMillis())
                    .maxResponseLength(ClusterConfig.MAX_MESSAGE_BYTES)
                    .setHeader(CallHeaders.FROM, self.name())
                    .setHeader(CallHeaders.FROM_INCARNATION, self.incarnation())
                    .setHeader(CallHeaders.TO_INCARNATION, to.incarnation())
                    .build(NodeGrpc.NodeStub.class);
            known = new Stub(to, stub);
            stubs.put(to.name(), known);
        }
        return known.stub;
    }

    @Override
    public void apply(Member to, ApplyCall call, ApplySink sink) {
        stub(to).apply(Codec.encode(call), new StreamObserver<ApplyAnswers>() {
            @Override
            public void onNext(ApplyAnswers answers) {
                environment.execute(() -> {
                    for (UnitAnswers unit : answers.getUnitsList()) {
                        sink.answered(unit.getUnit(), Codec.decode(unit.getAnswers()));
                    }
                });
            }

            @Override
            public void onError(Throwable error) {
                environment.execute(() -> sink.ended(failure(error)));
            }

            @Override
            public void onCompleted() {
                environment.execute(() -> sink.ended(null));
            }
        });
    }

    @Override
    public CompletionStage<BatchAnswer> sessionBatch(Member to, SessionCall call) {
        Single<SessionBatchAnswer, BatchAnswer> single = new Single<>(Codec::decode);
        stub(to).sessionBatch(Codec.encode(call), single);
        return single.future;
    }

    @Override
    public CompletionStage<@Nullable Void> handoff(Member to, HandoffCall call) {
        Single<HandoffAnswer, @Nullable Void> single = new Single<>(answer -> null);
        HandoffRequest request = HandoffRequest.newBuilder()
                .addAllShards(call.shards())
                .setLeaving(call.leaving())
                .build();
        stub(to).handoff(request, single);
        return single.future;
    }

    /** Breaks off the calls that are under way. */
    @Override
    public void close() {
        factory.closeAsync()
                .orTimeout(3, TimeUnit.SECONDS)
                .handle((done, error) -> done)
                .join();
    }

    /** What may be concluded from an error of a call. */
    static PeerException failure(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            // Not a timeout, which is a ConnectException of Netty's own.
            if (cause instanceof ConnectException
                    && String.valueOf(cause.getMessage()).contains("Connection refused")) {
                return new PeerException(Kind.NOBODY_THERE, "nobody listens there", error);
            }
        }
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnprocessedRequestException) {
                return new PeerException(Kind.NOT_SENT, "the call could not be sent", error);
            }
        }
        Status status = Status.fromThrowable(error);
        return switch (status.getCode()) {
            case UNAUTHENTICATED, FAILED_PRECONDITION, INVALID_ARGUMENT, UNIMPLEMENTED ->
                new PeerException(Kind.REFUSED, "the node refused the call: " + status.getDescription(), error);
            default -> new PeerException(Kind.NO_ANSWER, "no answer: " + status.getCode(), error);
        };
    }

    /** The one answer of a call. */
    private final class Single<M, A> implements StreamObserver<M> {
        private final CompletableFuture<A> future = new CompletableFuture<>();
        private final Function<M, A> decode;

        Single(Function<M, A> decode) {
            this.decode = decode;
        }

        @Override
        public void onNext(M message) {
            environment.execute(() -> future.complete(decode.apply(message)));
        }

        @Override
        public void onError(Throwable error) {
            environment.execute(() -> future.completeExceptionally(failure(error)));
        }

        @Override
        public void onCompleted() {
            environment.execute(() -> future.completeExceptionally(
                    new PeerException(Kind.NO_ANSWER, "the call ended without an answer", null)));
        }
    }
}
