package dev.odometer.engine;

import dev.odometer.engine.model.Operation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The operations of one request that go to one shard: applied together, committed together. Only the engine's thread.
 */
final class Part {
    final List<Operation> operations;
    final @Nullable Remembering remembering;
    private final AnswerSink sink;
    private final long[] tokens;

    /** The counters of the operations, pinned until the part is applied or refused. */
    final Counter[] counters;

    /** Whether it goes on to the shard's owner where this engine is not it. */
    final boolean forwards;

    /** Whether a counter that it needs could not be loaded. */
    boolean unloadable;

    Part(
            List<Operation> operations,
            long[] tokens,
            @Nullable Remembering remembering,
            boolean forwards,
            AnswerSink sink) {
        this.forwards = forwards;
        this.operations = operations;
        this.tokens = tokens;
        this.remembering = remembering;
        this.sink = sink;
        this.counters = new Counter[operations.size()];
    }

    void pin(int index, Counter counter) {
        counters[index] = counter;
        counter.pins++;
    }

    void unpin() {
        for (Counter counter : counters) {
            counter.pins--;
        }
    }

    /**
     * How many answers it gets: one for each operation; one for a part that has none and only claims a session's
     * number.
     */
    int answers() {
        return tokens.length;
    }

    void answer(int index, Outcome outcome, long value, boolean replayed) {
        sink.answered(tokens[index], outcome, value, replayed);
    }

    void answerIn(Group group, int index, Outcome outcome, long value, boolean replayed) {
        group.answer(sink, tokens[index], outcome, value, replayed);
    }

    void refuse(Outcome outcome, long value) {
        for (int i = 0; i < tokens.length; i++) {
            answer(i, outcome, value, false);
        }
    }
}
