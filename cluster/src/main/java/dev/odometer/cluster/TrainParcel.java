package dev.odometer.cluster;

import dev.odometer.engine.Answer;
import dev.odometer.engine.AnswerSink;
import dev.odometer.engine.Engine;
import dev.odometer.engine.Outcome;
import dev.odometer.engine.RemotePart;
import dev.odometer.engine.model.Operation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Parts of one shard that its owner applies in their order; each is safe to send again by its identity. What the owner
 * has decided leaves the train, the rest is sent again in the same order. Only the engine's thread.
 */
final class TrainParcel extends Parcel {
    private static final int OPERATION_BYTES = 24;
    private static final int PART_BYTES = 80;

    private final List<Entry> open;
    private final Runnable whenDone;

    TrainParcel(int shard, int hops, List<Entry> entries, Runnable whenDone) {
        super(shard, hops);
        this.open = new ArrayList<>(entries);
        this.whenDone = whenDone;
    }

    /** What waits in a train. */
    abstract static class Entry {
        abstract RemotePart part();

        /** Takes the owner's final answers, which may refuse what an earlier attempt applied. */
        abstract void decided(List<Answer> answers, boolean sentBefore);

        /** Answers what has waited for too long. */
        abstract void expire(long nowNanos, Outcome givenUp);

        /** Whether nobody waits for an answer any more. */
        abstract boolean isAnswered();
    }

    /** One journey of what was open when it began. */
    final class Departure {
        private final List<Entry> entries = List.copyOf(open);
        private int missing = entries.size();
        private boolean doubt;

        List<RemotePart> parts() {
            return entries.stream().map(Entry::part).toList();
        }

        /** Takes the answers to one part; null while nothing can be said of the whole. */
        @Nullable
        Verdict take(int index, List<Answer> answers) {
            missing--;
            Entry entry = entries.get(index);
            Outcome worst = worst(answers);
            if (worst == Outcome.UNKNOWN) {
                doubt = true;
            } else if (isTemporary(worst)) {
                refused(worst);
            } else if (open.remove(entry)) {
                entry.decided(answers, unsettled > 1);
            }
            if (isOver()) {
                return Verdict.DONE;
            }
            return missing > 0 ? null : doubt ? Verdict.IN_DOUBT : Verdict.NO_EFFECT;
        }
    }

    /** Begins a journey. */
    Departure depart() {
        return new Departure();
    }

    private boolean isOver() {
        return open.stream().allMatch(Entry::isAnswered);
    }

    /** About how many bytes an operation has in a message, and in memory while it waits. */
    static int bytesOf(Operation operation) {
        return OPERATION_BYTES + operation.key().length();
    }

    /** About how many bytes a part has in a message, and in memory while it waits. */
    static int bytesOf(RemotePart part) {
        int sum = PART_BYTES;
        for (Operation operation : part.operations()) {
            sum += bytesOf(operation);
        }
        return sum;
    }

    @Override
    int bytes() {
        return open.stream().mapToInt(entry -> bytesOf(entry.part())).sum();
    }

    /** Submits to an engine that serves the shard, and takes the answers to each part with its index. */
    static void submit(Engine engine, List<RemotePart> parts, Answers answers) {
        List<AnswerSink> sinks = new ArrayList<>(parts.size());
        for (int i = 0; i < parts.size(); i++) {
            int index = i;
            sinks.add(new Collector(parts.get(i).answers(), some -> answers.answered(index, some)));
        }
        engine.submit(parts, sinks);
    }

    /** Takes the answers to each part. */
    interface Answers {
        void answered(int index, List<Answer> answers);
    }

    @Override
    boolean expire(long nowNanos) {
        for (Entry entry : List.copyOf(open)) {
            entry.expire(nowNanos, givenUp());
            if (entry.isAnswered() && unsettled == 0) {
                open.remove(entry); // its client was told that it has not been applied
            }
        }
        return isOver();
    }

    @Override
    void finished() {
        whenDone.run();
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
