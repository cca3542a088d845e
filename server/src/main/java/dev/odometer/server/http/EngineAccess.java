package dev.odometer.server.http;

import com.linecorp.armeria.server.ServiceRequestContext;
import dev.odometer.engine.Engine;
import dev.odometer.engine.EngineEnvironment;
import io.netty.channel.EventLoop;
import io.netty.util.AttributeKey;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;

/**
 * The way to the engine and back: everything that touches the engine runs on its thread, everything else on the
 * request's.
 */
final class EngineAccess {
    private static final AttributeKey<Boolean> WRITE = AttributeKey.valueOf(EngineAccess.class, "write");

    private final Engine engine;
    private final EngineEnvironment environment;

    EngineAccess(Engine engine, EngineEnvironment environment) {
        this.engine = engine;
        this.environment = environment;
    }

    /** The engine; to be touched only in tasks of {@link #execute}. */
    Engine engine() {
        return engine;
    }

    /** Runs a task on the engine's thread. */
    void execute(Runnable task) {
        try {
            environment.execute(task);
        } catch (RejectedExecutionException e) {
            throw new RequestException(ProblemType.STOPPING, "The server is stopping; nothing was changed.");
        }
    }

    /** Asks the engine something; the result completes on {@code loop}. */
    <T> CompletableFuture<T> ask(EventLoop loop, Function<Engine, CompletionStage<T>> question) {
        CompletableFuture<T> result = new CompletableFuture<>();
        execute(() -> {
            CompletionStage<T> answer;
            try {
                answer = question.apply(engine);
            } catch (RuntimeException e) {
                answer = CompletableFuture.failedFuture(e);
            }
            answer.whenComplete((value, failure) -> back(loop, () -> {
                if (failure != null) {
                    result.completeExceptionally(failure);
                } else {
                    result.complete(value);
                }
            }));
        });
        return result;
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
