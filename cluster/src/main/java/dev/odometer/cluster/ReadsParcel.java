package dev.odometer.cluster;

import dev.odometer.cluster.ApplyCall.Reads;
import dev.odometer.engine.Answer;
import dev.odometer.engine.Engine;
import dev.odometer.engine.Outcome;
import dev.odometer.engine.model.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Reads of one shard: without an effect, so that they can be sent again freely. Only the engine's thread. */
final class ReadsParcel extends Parcel {
    private static final int READ_BYTES = 8;

    private final List<Waiting> all;
    private final boolean linearizable;
    private final Consumer<ReadsParcel> whenDone;
    private final int bytes;

    ReadsParcel(int shard, int hops, List<Waiting> all, boolean linearizable, Consumer<ReadsParcel> whenDone) {
        super(shard, hops);
        this.all = all;
        this.linearizable = linearizable;
        this.whenDone = whenDone;
        this.bytes = all.stream()
                .mapToInt(one -> READ_BYTES + one.operation.key().length())
                .sum();
    }

    List<Waiting> all() {
        return all;
    }

    Reads reads() {
        List<Key> keys = new ArrayList<>(all.size());
        all.forEach(one -> keys.add(one.operation.key()));
        return new Reads(shard, linearizable, keys);
    }

    @Override
    int bytes() {
        return bytes;
    }

    int answers() {
        return all.size();
    }

    void submit(Engine engine, Consumer<List<Answer>> answers) {
        readHere(engine, reads(), answers);
    }

    /** Reads as the owner. */
    static void readHere(Engine engine, Reads reads, Consumer<List<Answer>> answers) {
        TrainParcel.Collector collector = new TrainParcel.Collector(reads.keys().size(), answers);
        for (int i = 0; i < reads.keys().size(); i++) {
            engine.read(reads.keys().get(i), reads.linearizable(), collector, i);
        }
    }

    Verdict take(List<Answer> answers) {
        boolean open = false;
        for (int i = 0; i < answers.size(); i++) {
            Answer answer = answers.get(i);
            if (isTemporary(answer.outcome())) {
                open |= !all.get(i).answered;
                refused(answer.outcome());
            } else {
                all.get(i).answer(answer.outcome(), answer.value());
            }
        }
        return open ? Verdict.NO_EFFECT : Verdict.DONE;
    }

    @Override
    boolean expire(long nowNanos) {
        boolean open = false;
        for (Waiting one : all) {
            if (one.deadlineNanos <= nowNanos) {
                one.answer(refusal, 0);
            }
            open |= !one.answered;
        }
        return !open;
    }

    @Override
    void finished() {
        whenDone.accept(this);
    }

    @Override
    Outcome givenUp() {
        return refusal;
    }
}
