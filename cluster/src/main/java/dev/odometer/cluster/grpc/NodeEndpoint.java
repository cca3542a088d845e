package dev.odometer.cluster.grpc;

import com.linecorp.armeria.server.ServiceRequestContext;
import dev.odometer.cluster.ApplySink;
import dev.odometer.cluster.HandoffCall;
import dev.odometer.cluster.NodeService;
import dev.odometer.cluster.PeerException;
import dev.odometer.cluster.grpc.proto.ApplyAnswers;
import dev.odometer.cluster.grpc.proto.ApplyRequest;
import dev.odometer.cluster.grpc.proto.HandoffAnswer;
import dev.odometer.cluster.grpc.proto.HandoffRequest;
import dev.odometer.cluster.grpc.proto.NodeGrpc;
import dev.odometer.cluster.grpc.proto.SessionBatchAnswer;
import dev.odometer.cluster.grpc.proto.SessionBatchRequest;
import dev.odometer.cluster.grpc.proto.UnitAnswers;
import dev.odometer.engine.Answer;
import dev.odometer.engine.EngineEnvironment;
import dev.odometer.engine.membership.Member;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.netty.util.AttributeKey;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Brings the calls of other nodes to the engine's thread, and the answers back. */
final class NodeEndpoint extends NodeGrpc.NodeImplBase {
    /** Who has proved to be the caller. */
    static final AttributeKey<Member> CALLER = AttributeKey.valueOf(NodeEndpoint.class, "CALLER");

    private final NodeService service;
    private final EngineEnvironment environment;

    NodeEndpoint(NodeService service, EngineEnvironment environment) {
        this.service = service;
        this.environment = environment;
    }

    @Override
    public void apply(ApplyRequest request, StreamObserver<ApplyAnswers> out) {
        take(out, () -> Codec.decode(request), call -> service.apply(call, new Answering(out)));
    }

    @Override
    public void sessionBatch(SessionBatchRequest request, StreamObserver<SessionBatchAnswer> out) {
        take(
                out,
                () -> Codec.decode(request),
                call -> service.sessionBatch(call).whenComplete((answer, error) -> {
                    if (answer != null) {
                        out.onNext(Codec.encode(answer));
                        out.onCompleted();
                    } else {
                        out.onError(refused(error));
                    }
                }));
    }

    @Override
    public void handoff(HandoffRequest request, StreamObserver<HandoffAnswer> out) {
        Member caller = Objects.requireNonNull(ServiceRequestContext.current().attr(CALLER), "the caller");
        take(out, () -> new HandoffCall(request.getShardsList(), request.getLeaving()), call -> {
            service.handoff(caller, call);
            out.onNext(HandoffAnswer.getDefaultInstance());
            out.onCompleted();
        });
    }

    /** Reads a call on this thread and carries it out on the engine's; what either refuses as invalid is told so. */
    private <C> void take(StreamObserver<?> out, Supplier<C> decode, Consumer<C> action) {
        carryOnAfterCancellation(out);
        C call;
        try {
            call = decode.get();
        } catch (IllegalArgumentException e) {
            out.onError(invalid(e));
            return;
        }
        environment.execute(() -> {
            try {
                action.accept(call);
            } catch (IllegalArgumentException e) {
                out.onError(invalid(e));
            }
        });
    }

    /** A caller that has given up may ask again, and is then told what became of this: nothing is broken off. */
    private static void carryOnAfterCancellation(StreamObserver<?> out) {
        if (out instanceof ServerCallStreamObserver<?> call) {
            call.setOnCancelHandler(() -> {});
        }
    }

    private static RuntimeException invalid(IllegalArgumentException cause) {
        return Status.INVALID_ARGUMENT.withDescription(cause.getMessage()).asRuntimeException();
    }

    private static RuntimeException refused(@Nullable Throwable error) {
        Status status = error instanceof PeerException failure && failure.hadNoEffect()
                ? Status.FAILED_PRECONDITION
                : Status.INTERNAL;
        return status.withDescription(error == null ? "no answer" : String.valueOf(error.getMessage()))
                .asRuntimeException();
    }

    /** Sends the answers of each moment together. Only the engine's thread. */
    private final class Answering implements ApplySink {
        private final StreamObserver<ApplyAnswers> out;
        private ApplyAnswers.@Nullable Builder ready;

        Answering(StreamObserver<ApplyAnswers> out) {
            this.out = out;
        }

        @Override
        public void answered(int unit, List<Answer> answers) {
            ApplyAnswers.Builder message = ready;
            if (message == null) {
                message = ApplyAnswers.newBuilder();
                ready = message;
                environment.execute(this::flush);
            }
            message.addUnits(UnitAnswers.newBuilder().setUnit(unit).setAnswers(Codec.encode(answers)));
        }

        private void flush() {
            ApplyAnswers.Builder message = ready;
            ready = null;
            if (message != null) {
                out.onNext(message.build());
            }
        }

        @Override
        public void ended(@Nullable PeerException failure) {
            flush();
            if (failure == null) {
                out.onCompleted();
            } else {
                out.onError(refused(failure));
            }
        }
    }
}
