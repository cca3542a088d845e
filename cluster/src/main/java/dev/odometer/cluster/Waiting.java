package dev.odometer.cluster;

import dev.odometer.engine.AnswerSink;
import dev.odometer.engine.Outcome;
import dev.odometer.engine.model.Operation;

/** An operation without an identity that waits for its answer. Only the engine's thread. */
final class Waiting {
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

    /** Answers it, the first time that it is called. Never a replay: its client has not sent it twice. */
    void answer(Outcome outcome, long value) {
        if (!answered) {
            answered = true;
            room.leave(1, PartParcel.bytesOf(operation));
            sink.answered(token, outcome, value, false);
        }
    }
}
