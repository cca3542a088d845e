package dev.odometer.server.http;

import dev.odometer.engine.EngineEnvironment;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

/**
 * The calls that one event loop hands to the engine. Those of one turn of the loop, over all its connections, go
 * together: one hand-over instead of many, and one commit where the engine has time. Only the loop's thread.
 */
final class Outbox {
    private static final int MAX_TOGETHER = 1_024;

    private final EngineEnvironment environment;
    private final EventLoop loop;
    private List<Call> calls = new ArrayList<>();

    /** Something to ask of the engine. */
    interface Call {
        /** Asks it, on the engine's thread; must not throw. */
        void submit();

        /** Is told, on the loop's thread, that the engine takes nothing more. */
        void refuse();
    }

    Outbox(EngineEnvironment environment, EventLoop loop) {
        this.environment = environment;
        this.loop = loop;
    }

    /** Hands a call over at the end of this turn. */
    void add(Call call) {
        calls.add(call);
        if (calls.size() == 1) {
            loop.execute(this::flush);
        } else if (calls.size() == MAX_TOGETHER) {
            flush();
        }
    }

    private void flush() {
        if (calls.isEmpty()) {
            return;
        }
        List<Call> together = calls;
        calls = new ArrayList<>();
        try {
            environment.execute(() -> together.forEach(Call::submit));
        } catch (RejectedExecutionException e) {
            together.forEach(Call::refuse);
        }
    }
}
