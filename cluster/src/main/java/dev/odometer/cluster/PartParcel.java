package dev.odometer.cluster;

import dev.odometer.engine.Answer;
import dev.odometer.engine.AnswerSink;
import dev.odometer.engine.Engine;
import dev.odometer.engine.Outcome;
import dev.odometer.engine.RemotePart;
import dev.odometer.engine.model.Operation;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** A part under an identity: safe to send again by it. Only the engine's thread. */
class PartParcel extends Parcel {
    private static final int OPERATION_BYTES = 24;
    private static final int PART_BYTES = 80;

    final RemotePart part;
    private final AnswerSink sink;
    private final long deadlineNanos;
    private final int bytes;

    PartParcel(RemotePart part, int hops, AnswerSink sink, long deadlineNanos) {
        super(part.shard(), hops);
        this.part = part;
        this.sink = sink;
        this.deadlineNanos = deadlineNanos;
        int sum = PART_BYTES;
        for (Operation operation : part.operations()) {
            sum += bytesOf(operation);
        }
        this.bytes = sum;
    }

    /** About how many bytes an operation has in a message, and in memory while it waits. */
    static int bytesOf(Operation operation) {
        return OPERATION_BYTES + operation.key().length();
    }

    @Override
    int bytes() {
        return bytes;
    }

    @Override
    int answers() {
        return part.answers();
    }

    @Override
    void submit(Engine engine, Consumer<List<Answer>> answers) {
        engine.submit(part, new Collector(part.answers(), answers));
    }

    @Override
    Verdict take(List<Answer> answers) {
        Outcome worst = worst(answers);
        if (worst == Outcome.UNKNOWN) {
            return Verdict.IN_DOUBT;
        } else if (isTemporary(worst)) {
            refused(worst);
            return Verdict.NO_EFFECT;
        }
        answer(answers);
        return Verdict.DONE;
    }

    /** Gives a final answer to every operation. */
    void answer(List<Answer> answers) {
        for (int i = 0; i < answers.size(); i++) {
            Answer answer = answers.get(i);
            sink.answered(i, answer.outcome(), answer.value(), answer.replayed());
        }
    }

    @Override
    boolean expire(long nowNanos) {
        if (nowNanos < deadlineNanos) {
            return false;
        }
        for (int i = 0; i < part.answers(); i++) {
            sink.answered(i, givenUp(), 0, false);
        }
        return true;
    }

    /**
     * Parts take effect as a whole, so that one answer that says nothing stands for all; UNKNOWN where some are final
     * and others are not.
     */
    static Outcome worst(List<Answer> answers) {
        boolean some = false;
        Outcome temporary = null;
        Outcome last = Outcome.VALUE;
        for (Answer answer : answers) {
            if (answer.outcome() == Outcome.UNKNOWN) {
                return Outcome.UNKNOWN;
            } else if (isTemporary(answer.outcome())) {
                temporary = answer.outcome();
            } else {
                some |= answer.outcome().isDecided();
                last = answer.outcome().isDecided() ? last : answer.outcome();
            }
        }
        if (temporary != null) {
            return some ? Outcome.UNKNOWN : temporary;
        }
        return last;
    }

    /** Collects the answers of the own engine. */
    static final class Collector implements AnswerSink {
        private final Answer[] answers;
        private final Consumer<List<Answer>> whole;
        private int missing;

        Collector(int size, Consumer<List<Answer>> whole) {
            this.answers = new Answer[size];
            this.missing = size;
            this.whole = whole;
        }

        @Override
        public void answered(long token, Outcome outcome, long value, boolean replayed) {
            answers[(int) token] = new Answer(outcome, value, replayed);
            if (--missing == 0) {
                whole.accept(Arrays.asList(answers));
            }
        }
    }
}
