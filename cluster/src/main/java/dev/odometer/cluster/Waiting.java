package dev.odometer.cluster;

import dev.odometer.engine.AnswerSink;
import dev.odometer.engine.Engine;
import dev.odometer.engine.Outcome;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.model.Operation;
import java.util.List;

/** An operation without an identity that waits for its answer. Only the engine's thread. */
final class Waiting implements Lane.Item {
    final Operation operation;
    final long deadlineNanos;
    private final AnswerSink sink;
    private final long token;
    boolean answered;

    private final Room room;

    Waiting(Operation operation, AnswerSink sink, long token, long deadlineNanos, Room room) {
        this.room = room;
        this.operation = operation;
        this.sink = sink;
        this.token = token;
        this.deadlineNanos = deadlineNanos;
    }

    @Override
    public List<Key> keys() {
        return List.of(operation.key());
    }

    @Override
    public int hops() {
        return 1;
    }

    @Override
    public int bytes() {
        return TrainParcel.bytesOf(operation);
    }

    @Override
    public long deadlineNanos() {
        return deadlineNanos;
    }

    @Override
    public void submit(Engine engine) {
        engine.submit(operation, null, (same, outcome, value, replayed) -> answer(outcome, value), 0);
    }

    @Override
    public void refuse(Outcome outcome) {
        answer(outcome, 0);
    }

    /** Answers it, the first time that it is called. Never a replay: its client has not sent it twice. */
    void answer(Outcome outcome, long value) {
        if (!answered) {
            answered = true;
            room.leave(1, TrainParcel.bytesOf(operation));
            sink.answered(token, outcome, value, false);
        }
    }
}
