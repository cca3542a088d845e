package dev.odometer.cluster;

import dev.odometer.engine.Answer;
import dev.odometer.engine.Engine;
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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * This node's way to one shard of another owner. Only the engine's thread.
 *
 * <p>Operations go in trains, one at a time: what arrives while a train is on its way makes up the next one. A train
 * has parts with an identity of their own and at most one batch of operations that have none. Batches are numbered;
 * one is sent again unchanged until its answers are final or nobody waits for them any more. Its number makes the
 * owner, whoever that is by then, apply it once. When it has been given up, the next number shuts it out.
 *
 * <p>The operations of each key keep their order: what may not pass another in this train waits for the next one. A
 * read goes apart from the lane, for it needs no commit, but not while an operation of its key is in the lane, and no
 * train takes an operation past a read of its key that is under way.
 */
final class Lane {
    private final int shard;
    private final ClusterConfig config;
    private final Supplier<IdentityId> ids;
    private final Deque<Item> queue = new ArrayDeque<>();
    private final Map<Key, Integer> inLane = new HashMap<>();
    private final Map<Key, Integer> readsUnderWay = new HashMap<>();

    private @Nullable IdentityId id;
    private long sequence;
    private @Nullable TrainParcel train;
    private List<Waiting> reads = new ArrayList<>();
    private List<Waiting> linearizableReads = new ArrayList<>();

    Lane(int shard, ClusterConfig config, Supplier<IdentityId> ids) {
        this.shard = shard;
        this.config = config;
        this.ids = ids;
    }

    /** What waits in the lane. */
    interface Item {
        List<Key> keys();

        int hops();

        int bytes();

        long deadlineNanos();

        /** Submits it for the first time, to an engine that serves the shard; what that answers is final. */
        void submit(Engine engine);

        /** Answers it without an effect. */
        void refuse(Outcome outcome);
    }

    /** Takes a part with an identity, which waits for {@link #nextTrain}. */
    void add(Keyed keyed) {
        keyed.keys().forEach(key -> inLane.merge(key, 1, Integer::sum));
        queue.add(keyed);
    }

    /** Takes an operation, which waits for {@link #nextReads} or {@link #nextTrain}. */
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

    /** The next train, if none is on its way and there is something to send; null otherwise. */
    @Nullable
    TrainParcel nextTrain() {
        if (train != null || queue.isEmpty()) {
            return null;
        }
        Loading loading = new Loading(queue.element().hops());
        Deque<Item> left = new ArrayDeque<>();
        while (!queue.isEmpty() && left.size() < Limits.MAX_BATCH_OPERATIONS && loading.hasRoomFor(queue.element())) {
            Item item = queue.remove();
            if (!loading.take(item)) {
                left.push(item);
            }
        }
        left.forEach(queue::push);
        if (loading.items.isEmpty()) {
            return null;
        }
        List<Item> items = loading.items;
        train = new TrainParcel(shard, loading.hops, loading.entries(), () -> {
            train = null;
            items.forEach(this::leave);
        });
        return train;
    }

    private void leave(Item item) {
        item.keys().forEach(key -> subtract(inLane, key));
    }

    private IdentityId id() {
        IdentityId known = id;
        if (known == null) {
            known = ids.get();
            id = known;
            sequence = 0;
        }
        return known;
    }

    /** Whether the lane could send something as soon as what is on its way is done. */
    boolean hasMore() {
        return !queue.isEmpty();
    }

    /** Submits what was never sent to the own engine, which serves the shard now. */
    void empty(Engine engine) {
        List<Item> items = List.copyOf(queue);
        queue.clear();
        for (Item item : items) {
            leave(item);
            item.submit(engine);
        }
    }

    /** Refuses what was never sent and has waited for too long. */
    void expire(long nowNanos) {
        while (!queue.isEmpty() && queue.element().deadlineNanos() <= nowNanos) {
            Item item = queue.remove();
            leave(item);
            item.refuse(Outcome.UNAVAILABLE);
        }
    }

    private static void subtract(Map<Key, Integer> counts, Key key) {
        counts.computeIfPresent(key, (same, count) -> count == 1 ? null : count - 1);
    }

    /** A train that is being made up. */
    private final class Loading {
        private final int hops;
        private final List<Item> items = new ArrayList<>();
        private final List<TrainParcel.Entry> before = new ArrayList<>();
        private final List<TrainParcel.Entry> behind = new ArrayList<>();
        private final List<Waiting> batch = new ArrayList<>();
        private final Set<Key> keysBehind = new HashSet<>();
        private final Set<Key> keysLeft = new HashSet<>();
        private int operations;
        private int bytes;

        Loading(int hops) {
            this.hops = hops;
        }

        boolean hasRoomFor(Item item) {
            return items.isEmpty()
                    || (operations + weight(item) <= Limits.MAX_BATCH_OPERATIONS
                            && bytes + item.bytes() <= config.maxBatchBytes());
        }

        private int weight(Item item) {
            return Math.max(1, item.keys().size());
        }

        /** Whether the item goes with this train; where it does not, nothing on its keys does from now on. */
        boolean take(Item item) {
            List<Key> keys = item.keys();
            boolean waits = item.hops() != hops;
            for (Key key : keys) {
                waits |= keysLeft.contains(key) || readsUnderWay.containsKey(key);
                waits |= item instanceof Waiting && keysBehind.contains(key);
            }
            if (waits) {
                keysLeft.addAll(keys);
                return false;
            }
            if (item instanceof Waiting waiting) {
                batch.add(waiting);
            } else if (item instanceof Keyed keyed && batch.isEmpty()) {
                before.add(keyed);
            } else if (item instanceof Keyed keyed) {
                behind.add(keyed);
                keysBehind.addAll(keys);
            }
            items.add(item);
            operations += weight(item);
            bytes += item.bytes();
            return true;
        }

        List<TrainParcel.Entry> entries() {
            List<TrainParcel.Entry> entries = new ArrayList<>(before);
            if (!batch.isEmpty()) {
                entries.add(new Batch(batch));
            }
            entries.addAll(behind);
            return entries;
        }
    }

    /** The operations of a train that have no identity of their own, with the lane's next number. */
    private final class Batch extends TrainParcel.Entry {
        private final List<Waiting> all;
        private final RemotePart part;

        Batch(List<Waiting> all) {
            this.all = all;
            List<Operation> operations =
                    all.stream().map(waiting -> waiting.operation).toList();
            IdentityId lane = id();
            part = new RemotePart(
                    shard, operations, Remembering.ofLane(lane, ++sequence, operations, config.laneRetentionMillis()));
        }

        @Override
        RemotePart part() {
            return part;
        }

        @Override
        void decided(List<Answer> answers, boolean sentBefore) {
            Outcome worst = TrainParcel.worst(answers);
            if (worst == Outcome.VALUE) {
                for (int i = 0; i < answers.size(); i++) {
                    all.get(i).answer(answers.get(i).outcome(), answers.get(i).value());
                }
                return;
            }
            // The owner does not take this lane's number: its memory for identities, or a fault. The lane ends.
            id = null;
            Outcome refusal = worst == Outcome.WINDOW_FULL ? worst : Outcome.UNAVAILABLE;
            all.forEach(one -> one.answer(sentBefore ? Outcome.UNKNOWN : refusal, 0));
        }

        @Override
        void expire(long nowNanos, Outcome givenUp) {
            boolean goesOn = all.stream().anyMatch(one -> !one.answered && one.deadlineNanos > nowNanos);
            for (Waiting one : all) {
                if (one.deadlineNanos <= nowNanos) {
                    one.answer(goesOn ? Outcome.UNKNOWN : givenUp, 0); // sent again, it may yet be applied
                }
            }
        }

        @Override
        boolean isAnswered() {
            return all.stream().allMatch(one -> one.answered);
        }
    }
}
