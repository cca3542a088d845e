package dev.odometer.cluster;

import dev.odometer.engine.BatchAnswer;
import dev.odometer.engine.Outcome;
import dev.odometer.engine.model.Operation;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A session's batch: safe to send again by its number. Only the engine's thread. */
final class SessionParcel extends Parcel {
    final SessionCall call;
    final CompletableFuture<BatchAnswer> future = new CompletableFuture<>();
    private final long deadlineNanos;
    private final int bytes;

    SessionParcel(SessionCall call, long deadlineNanos) {
        super(call.shard(), call.hops());
        this.call = call;
        this.deadlineNanos = deadlineNanos;
        this.bytes = call.operations().stream().mapToInt(TrainParcel::bytesOf).sum()
                + call.identity().session().length();
    }

    @Override
    int bytes() {
        return bytes;
    }

    Verdict take(BatchAnswer answer) {
        if (answer.refusal() == Outcome.UNKNOWN) {
            return Verdict.IN_DOUBT;
        } else if (isTemporary(answer.refusal())) {
            refused(answer.refusal());
            return Verdict.NO_EFFECT;
        }
        future.complete(answer);
        return Verdict.DONE;
    }

    @Override
    boolean expire(long nowNanos) {
        if (nowNanos < deadlineNanos) {
            return false;
        }
        future.complete(refusedWith(givenUp()));
        return true;
    }

    static BatchAnswer refusedWith(Outcome outcome) {
        return new BatchAnswer(outcome, 0, List.of(), false);
    }

    /** How many operations wait with it: its own and the claim of its number. */
    static int weight(List<Operation> operations) {
        return operations.size() + 1;
    }
}
