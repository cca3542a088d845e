package dev.odometer.server.http;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.odometer.engine.AnswerSink;
import dev.odometer.engine.Outcome;
import dev.odometer.engine.model.Identity;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.model.Operation;
import io.netty.channel.EventLoop;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One operation on one counter, there and back. The object itself is the call, the engine's sink and the task that
 * answers, so that the way of an add allocates little. {@link #submit} runs on the engine's thread, everything else
 * on
 * the request's; the hand-overs publish its fields.
 */
final class SingleCall implements Outbox.Call, Runnable, AnswerSink {
    /** What to do, for operations that need no {@link Operation}. */
    enum Kind {
        ADD,
        GET,
        GET_LINEARIZABLE,
        SET,
        DELETE
    }

    private final EngineAccess access;
    private final EventLoop loop;
    private final Kind kind;
    private final byte[] key;
    private final long number;
    private final @Nullable Identity identity;
    private final CompletableFuture<HttpResponse> response = new CompletableFuture<>();

    private Outcome outcome = Outcome.UNAVAILABLE;
    private long value;
    private boolean replayed;
    private @Nullable RuntimeException failure;

    SingleCall(
            EngineAccess access,
            ServiceRequestContext context,
            Kind kind,
            byte[] key,
            long number,
            @Nullable Identity identity) {
        this.access = access;
        this.loop = context.eventLoop().withoutContext();
        this.kind = kind;
        this.key = key;
        this.number = number;
        this.identity = identity;
    }

    /** Starts the call; the response completes on the request's event loop. */
    HttpResponse start() {
        access.submit(loop, this);
        return HttpResponse.of(response);
    }

    @Override
    public void refuse() {
        outcome = Outcome.STOPPING;
        run();
    }

    /** Answers the request. */
    @Override
    public void run() {
        if (failure != null) {
            response.completeExceptionally(failure);
        } else {
            response.complete(Replies.operation(key, outcome, value, replayed));
        }
    }

    @Override
    public void submit() {
        try {
            if (kind == Kind.GET) {
                access.engine().get(key, 0, key.length, this, 0);
            } else if (kind == Kind.GET_LINEARIZABLE) {
                access.engine()
                        .getLinearizable(Key.of(key, 0, key.length))
                        .thenAccept(answer -> answered(0, answer.outcome(), answer.value(), answer.replayed()));
            } else if (kind == Kind.ADD && identity == null) {
                access.engine().add(key, 0, key.length, number, this, 0);
            } else {
                access.engine().submit(operation(Key.of(key, 0, key.length)), identity, this, 0);
            }
        } catch (RuntimeException e) {
            failure = e;
            EngineAccess.back(loop, this);
        }
    }

    private Operation operation(Key counter) {
        return switch (kind) {
            case ADD -> new Operation.Add(counter, number);
            case SET -> new Operation.Set(counter, number);
            case DELETE -> new Operation.Delete(counter);
            case GET, GET_LINEARIZABLE -> new Operation.Get(counter);
        };
    }

    @Override
    public void answered(long token, Outcome outcome, long value, boolean replayed) {
        this.outcome = outcome;
        this.value = value;
        this.replayed = replayed;
        EngineAccess.back(loop, this);
    }
}
