package dev.odometer.cluster;

import dev.odometer.cluster.Parcel.Verdict;
import dev.odometer.engine.Answer;
import dev.odometer.engine.Outcome;
import dev.odometer.engine.Remembering;
import dev.odometer.engine.RemotePart;
import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.model.Limits;
import dev.odometer.engine.model.Operation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * This node's way to one shard of another owner, for operations that have no identity of their own. Only the engine's
 * thread.
 *
 * <p>Operations go in batches, numbered and one at a time: what arrives while a batch is on its way makes up the next
 * one. A batch is sent again unchanged until its answers are final or nobody waits for them any more; its number
 * makes
 * the owner, whoever that is by then, apply it once. When it has been given up, the next number shuts it out.
 *
 * <p>The operations of each key keep their order: a read goes apart from the lane, for it needs no commit, but not
 * while
 * an operation of its key is in the lane, and no batch takes an operation past a read of its key that is under way.
 */
final class Lane {
    private final int shard;
    private final ClusterConfig config;
    private final Supplier<IdentityId> ids;
    private final Deque<Waiting> queue = new ArrayDeque<>();
    private final Map<Key, Integer> inLane = new HashMap<>();
    private final Map<Key, Integer> readsUnderWay = new HashMap<>();

    private @Nullable IdentityId id;
    private long sequence;
    private @Nullable Batch batch;
    private List<Waiting> reads = new ArrayList<>();
    private List<Waiting> linearizableReads = new ArrayList<>();

    Lane(int shard, ClusterConfig config, Supplier<IdentityId> ids) {
        this.shard = shard;
        this.config = config;
        this.ids = ids;
    }

    /** Takes an operation, which waits for {@link #nextReads} or {@link #nextBatch}. */
    void add(Waiting waiting, boolean linearizable) {
        Key key = waiting.operation.key();
        if (waiting.operation instanceof Operation.Get && !inLane.containsKey(key)) {
            readsUnderWay.merge(key, 1, Integer::sum);
            (linearizable ? linearizableReads : reads).add(waiting);
        } else {
            // In a lane a read is answered with a commit, so it needs no other proof.
            inLane.merge(key, 1, Integer::sum);
            queue.add(waiting);
        }
    }

    /** The reads that have come since the last call, some at a time; null where there is none. */
    @Nullable
    ReadsParcel nextReads(int hops) {
        boolean linearizable = reads.isEmpty();
        List<Waiting> taken = linearizable ? linearizableReads : reads;
        if (taken.isEmpty()) {
            return null;
        }
        List<Waiting> rest = new ArrayList<>();
        if (taken.size() > Limits.MAX_BATCH_OPERATIONS) {
            rest.addAll(taken.subList(Limits.MAX_BATCH_OPERATIONS, taken.size()));
            taken = new ArrayList<>(taken.subList(0, Limits.MAX_BATCH_OPERATIONS));
        }
        if (linearizable) {
            linearizableReads = rest;
        } else {
            reads = rest;
        }
        return new ReadsParcel(shard, hops, taken, linearizable, this::readsDone);
    }

    private void readsDone(ReadsParcel done) {
        done.all().forEach(one -> subtract(readsUnderWay, one.operation.key()));
    }

    /** The next batch, if none is on its way and there is something to send; null otherwise. */
    @Nullable
    Batch nextBatch(int hops) {
        if (batch != null || queue.isEmpty()) {
            return null;
        }
        List<Waiting> taken = new ArrayList<>();
        List<Operation> operations = new ArrayList<>();
        int bytes = 0;
        while (!queue.isEmpty() && taken.size() < Limits.MAX_BATCH_OPERATIONS) {
            Operation operation = queue.element().operation;
            bytes += PartParcel.bytesOf(operation);
            if ((bytes > config.maxBatchBytes() && !taken.isEmpty()) || readsUnderWay.containsKey(operation.key())) {
                break;
            }
            taken.add(queue.remove());
            operations.add(operation);
        }
        if (taken.isEmpty()) {
            return null;
        }
        if (id == null) {
            id = ids.get();
            sequence = 0;
        }
        Remembering remembering = Remembering.ofLane(id, ++sequence, operations, config.laneRetentionMillis());
        batch = new Batch(new RemotePart(shard, operations, remembering), hops, taken);
        return batch;
    }

    /** Whether the lane could send something as soon as what is on its way is done. */
    boolean hasMore() {
        return !queue.isEmpty();
    }

    /** Refuses what was never sent and has waited for too long. */
    void expire(long nowNanos) {
        while (!queue.isEmpty() && queue.element().deadlineNanos <= nowNanos) {
            Waiting waiting = queue.remove();
            subtract(inLane, waiting.operation.key());
            waiting.answer(Outcome.UNAVAILABLE, 0);
        }
    }

    private static void subtract(Map<Key, Integer> counts, Key key) {
        counts.computeIfPresent(key, (same, count) -> count == 1 ? null : count - 1);
    }

    /** A batch of this lane on its way. */
    final class Batch extends PartParcel {
        private final List<Waiting> all;

        private Batch(RemotePart part, int hops, List<Waiting> all) {
            super(part, hops, (token, outcome, value, replayed) -> {}, Long.MAX_VALUE);
            this.all = all;
        }

        @Override
        Verdict take(List<Answer> answers) {
            Outcome worst = worst(answers);
            if (worst == Outcome.VALUE || isTemporary(worst)) {
                return super.take(answers);
            }
            // The owner does not take this lane's number. That is its memory for identities, or a fault: the lane
            // ends.
            id = null;
            refusal = worst == Outcome.WINDOW_FULL ? worst : Outcome.UNAVAILABLE;
            unsettled--;
            Outcome outcome = givenUp();
            unsettled++;
            all.forEach(one -> one.answer(outcome, 0));
            return Verdict.DONE;
        }

        @Override
        void answer(List<Answer> answers) {
            for (int i = 0; i < answers.size(); i++) {
                all.get(i).answer(answers.get(i).outcome(), answers.get(i).value());
            }
        }

        @Override
        boolean expire(long nowNanos) {
            boolean open = false;
            for (Waiting one : all) {
                if (one.deadlineNanos <= nowNanos) {
                    one.answer(givenUp(), 0);
                }
                open |= !one.answered;
            }
            return !open;
        }

        @Override
        void finished() {
            batch = null;
            all.forEach(one -> subtract(inLane, one.operation.key()));
        }
    }
}
