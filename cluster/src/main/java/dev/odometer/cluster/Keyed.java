package dev.odometer.cluster;

import dev.odometer.engine.Answer;
import dev.odometer.engine.AnswerSink;
import dev.odometer.engine.Engine;
import dev.odometer.engine.Outcome;
import dev.odometer.engine.RemotePart;
import dev.odometer.engine.model.Key;
import java.util.List;

/** A part with an identity that waits for its answers. Only the engine's thread. */
final class Keyed extends TrainParcel.Entry implements Lane.Item {
    private final RemotePart part;
    private final List<Key> keys;
    private final int hops;
    private final AnswerSink sink;
    private final long deadlineNanos;
    private final Room room;
    private boolean answered;

    Keyed(RemotePart part, int hops, AnswerSink sink, long deadlineNanos, Room room) {
        this.part = part;
        this.keys = part.operations().stream().map(operation -> operation.key()).toList();
        this.hops = hops;
        this.sink = sink;
        this.deadlineNanos = deadlineNanos;
        this.room = room;
    }

    @Override
    RemotePart part() {
        return part;
    }

    @Override
    public List<Key> keys() {
        return keys;
    }

    @Override
    public int hops() {
        return hops;
    }

    @Override
    public int bytes() {
        return TrainParcel.bytesOf(part);
    }

    @Override
    public long deadlineNanos() {
        return deadlineNanos;
    }

    @Override
    public void submit(Engine engine) {
        TrainParcel.submit(engine, List.of(part), (index, answers) -> decided(answers, false));
    }

    @Override
    public void refuse(Outcome outcome) {
        if (answer()) {
            for (int i = 0; i < part.answers(); i++) {
                sink.answered(i, outcome, 0, false);
            }
        }
    }

    @Override
    void decided(List<Answer> answers, boolean sentBefore) {
        if (answer()) {
            for (int i = 0; i < answers.size(); i++) {
                Answer one = answers.get(i);
                // What was sent before may be the first that an owner has seen of it, or may yet come to one: that one
                // may judge otherwise what has changed nothing here.
                boolean open = sentBefore && !one.outcome().isDecided();
                sink.answered(
                        i,
                        open ? Outcome.UNKNOWN : one.outcome(),
                        open ? 0 : one.value(),
                        one.replayed() && !sentBefore);
            }
        }
    }

    private boolean answer() {
        boolean first = !answered;
        if (first) {
            answered = true;
            room.leave(part.answers(), bytes());
        }
        return first;
    }

    @Override
    void expire(long nowNanos, Outcome givenUp) {
        if (deadlineNanos <= nowNanos) {
            refuse(givenUp);
        }
    }

    @Override
    boolean isAnswered() {
        return answered;
    }
}
