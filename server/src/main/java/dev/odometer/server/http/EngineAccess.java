package dev.odometer.server.http;

import com.linecorp.armeria.server.ServiceRequestContext;
import dev.odometer.engine.Engine;
import dev.odometer.engine.EngineEnvironment;
import dev.odometer.engine.Outcome;
import io.netty.channel.EventLoop;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The way to the engine and back: everything that touches the engine runs on its thread, everything else on the
 * request's.
 */
final class EngineAccess {
    private static final AttributeKey<Boolean> WRITE = AttributeKey.valueOf(EngineAccess.class, "write");

    private final Engine engine;
    private final EngineEnvironment environment;
    private final FastThreadLocal<@Nullable Outbox> outboxes = new FastThreadLocal<>();

    EngineAccess(Engine engine, EngineEnvironment environment) {
        this.engine = engine;
        this.environment = environment;
    }

    /** The engine; to be touched only on its thread. */
    Engine engine() {
        return engine;
    }

    /** Hands a call to the engine, together with others of this turn of {@code loop}, whose thread this is. */
    void submit(EventLoop loop, Outbox.Call call) {
        Outbox outbox = outboxes.get();
        if (outbox == null) {
            outbox = new Outbox(environment, loop);
            outboxes.set(outbox);
        }
        outbox.add(call);
    }

    /** Asks the engine something; the result completes on {@code loop}, whose thread this is. */
    <T> CompletableFuture<T> ask(EventLoop loop, Function<Engine, CompletionStage<T>> question) {
        CompletableFuture<T> result = new CompletableFuture<>();
        submit(loop, new Outbox.Call() {
            @Override
            public void submit() {
                put(question)
                        .whenComplete((value, failure) -> back(loop, () -> {
                            if (failure != null) {
                                result.completeExceptionally(failure);
                            } else {
                                result.complete(value);
                            }
                        }));
            }

            @Override
            public void refuse() {
                result.completeExceptionally(
                        new RequestException(ProblemType.STOPPING, Outcomes.detail(Outcome.STOPPING)));
            }
        });
        return result;
    }

    private <T> CompletionStage<T> put(Function<Engine, CompletionStage<T>> question) {
        try {
            return question.apply(engine);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * Notes that a request hands a write to the engine: from then on it may take effect, whatever becomes of its
     * answer.
     */
    static void markWrite(ServiceRequestContext context) {
        context.setAttr(WRITE, true);
    }

    /** Whether a request's write has been handed to the engine. */
    static boolean isMarkedWrite(ServiceRequestContext context) {
        return context.attr(WRITE) != null;
    }

    /** Runs a task on the request's event loop, unless that has ended, and the connection with it. */
    static void back(EventLoop loop, Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            // The connections are closed: nobody is left to be answered.
            return;
        }
    }
}
