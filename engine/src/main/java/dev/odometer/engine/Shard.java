package dev.odometer.engine;

import dev.odometer.engine.model.Key;
import dev.odometer.engine.model.Operation;
import dev.odometer.engine.store.CounterRow;
import dev.odometer.engine.store.Head;
import dev.odometer.engine.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A shard as its owner serves it: applies operations to the latest state in memory and hands them to the {@link
 * CommitPipeline}, which
 * answers them. Only the engine's thread.
 */
final class Shard {
    final int number;

    /** Whether the engine will ask for commits at the end of this moment. */
    boolean dirty;

    final CommitPipeline pipeline;
    private final EngineContext context;
    private final CounterTable table;
    private final Ownership ownership;
    private final IdentifiedParts identified;

    /** Operations and parts that wait for counters to be loaded. */
    private int waiting;

    /** While a read runs that the store has confirmed. */
    private boolean confirmed;

    /** The value that goes with the outcome of the last {@link #effect}. */
    long effectValue;

    Shard(EngineContext context, int number, long cacheBytes) {
        this.context = context;
        this.number = number;
        this.table = new CounterTable(cacheBytes, context.environment.randomLong());
        this.pipeline = new CommitPipeline(context, this);
        this.ownership = new Ownership(context, this);
        this.identified = new IdentifiedParts(context, this);
    }

    Ownership ownership() {
        return ownership;
    }

    boolean isServing() {
        return ownership.isServing();
    }

    int cached() {
        return table.size();
    }

    ShardStatus status() {
        return new ShardStatus(
                number, isServing(), pipeline.epoch(), pipeline.committedSequence(), pipeline.committedCounters());
    }

    // --- operations without an identity
    // -------------------------------------------------------------------------------------

    void add(byte[] key, int offset, int length, long hash, long delta, AnswerSink sink, long token) {
        Counter counter = table.find(key, offset, length, hash);
        if (counter == null || counter.loading) {
            applyWhenLoaded(counter, new Operation.Add(Key.of(key, offset, length), delta), sink, token);
        } else if (!isServing()) {
            context.forward(number, new Operation.Add(Key.of(key, offset, length), delta), false, sink, token);
        } else {
            Outcome outcome = addTo(counter, delta);
            answerAsOf(counter, sink, token, outcome, effectValue);
        }
    }

    void get(byte[] key, int offset, int length, long hash, AnswerSink sink, long token) {
        Counter counter = table.find(key, offset, length, hash);
        if (counter == null || counter.loading) {
            applyWhenLoaded(counter, new Operation.Get(Key.of(key, offset, length)), sink, token);
        } else if (!isServing()) {
            context.forward(number, new Operation.Get(Key.of(key, offset, length)), false, sink, token);
        } else {
            read(counter, sink, token);
        }
    }

    void apply(Operation operation, AnswerSink sink, long token) {
        Key key = operation.key();
        Counter counter = table.find(key.bytes(), 0, key.length(), key.hash());
        if (counter == null || counter.loading) {
            applyWhenLoaded(counter, operation, sink, token);
        } else if (!isServing()) {
            context.forward(number, operation, false, sink, token);
        } else {
            applyTo(counter, operation, sink, token);
        }
    }

    private void applyWhenLoaded(@Nullable Counter known, Operation operation, AnswerSink sink, long token) {
        if (!isServing()) {
            context.forward(number, operation, false, sink, token);
            return;
        }
        Counter counter = known == null ? load(operation.key()) : known;
        if (!counter.loading) {
            applyTo(counter, operation, sink, token);
            return;
        }
        context.pending++;
        waiting++;
        counter.pins++; // whoever is answered before it may call again, and have counters evicted
        counter.await(available -> {
            context.release(1);
            waiting--;
            counter.pins--;
            if (available) {
                applyTo(counter, operation, sink, token);
            } else {
                sink.answered(token, Outcome.UNAVAILABLE, 0, false);
            }
            ownership.checkReleased();
        });
    }

    private void applyTo(Counter counter, Operation operation, AnswerSink sink, long token) {
        if (operation instanceof Operation.Get) {
            read(counter, sink, token);
            return;
        }
        Outcome outcome = effect(counter, operation);
        long value = effectValue;
        if (counter.uncommitted == 0 && !ownership.isCurrent()) {
            // It changes nothing, as this engine sees it, so that no commit will say whether it may be answered here.
            confirmed(
                    () -> sink.answered(token, outcome, value, false),
                    () -> context.forward(number, operation, false, sink, token),
                    sink,
                    token);
            return;
        }
        answerAsOf(counter, sink, token, outcome, value);
    }

    /** Reads for another node: as the owner, or not at all. */
    void read(Key key, boolean linearizable, AnswerSink sink, long token) {
        if (linearizable || !ownership.isCurrent()) {
            getConfirmed(key, false, sink, token);
        } else if (isServing()) {
            get(key.bytes(), 0, key.length(), key.hash(), sink, token);
        } else {
            sink.answered(token, Outcome.UNAVAILABLE, 0, false);
        }
    }

    /** Reads after the store has said that this is still the owner. */
    void getConfirmed(Key key, boolean forwards, AnswerSink sink, long token) {
        if (!isServing()) {
            getElsewhere(key, forwards, sink, token);
            return;
        }
        confirmed(
                () -> get(key.bytes(), 0, key.length(), key.hash(), sink, token),
                () -> getElsewhere(key, forwards, sink, token),
                sink,
                token);
    }

    /** Asks the store whether this shard is still this engine's, and goes on here or elsewhere. */
    private void confirmed(Runnable here, Runnable elsewhere, AnswerSink sink, long token) {
        ownership.confirm().thenAccept(mine -> {
            if (mine && isServing()) {
                confirmed = true;
                here.run();
                confirmed = false;
            } else if (isServing()) {
                sink.answered(token, Outcome.UNAVAILABLE, 0, false); // the store cannot be asked
            } else {
                elsewhere.run();
            }
        });
    }

    private void getElsewhere(Key key, boolean forwards, AnswerSink sink, long token) {
        if (forwards) {
            context.forward(number, new Operation.Get(key), true, sink, token);
        } else {
            sink.answered(token, Outcome.UNAVAILABLE, 0, false);
        }
    }

    private void read(Counter counter, AnswerSink sink, long token) {
        if (!confirmed && !ownership.isCurrent()) {
            getConfirmed(counter.key, true, sink, token);
            return;
        }
        Outcome outcome = counter.latestPresent ? Outcome.VALUE : Outcome.ABSENT;
        long value = counter.latestPresent ? counter.latestValue : 0;
        if (context.rules.readsUncommitted()) {
            sink.answered(token, outcome, value, false);
        } else {
            answerAsOf(counter, sink, token, outcome, value);
        }
    }

    /** Answers what depends on a counter's latest state: with the group that commits that state, or at once. */
    private void answerAsOf(Counter counter, AnswerSink sink, long token, Outcome outcome, long value) {
        if (counter.uncommitted > 0) {
            answerWithGroup(sink, token, outcome, value);
        } else {
            sink.answered(token, outcome, value, false);
        }
    }

    private void answerWithGroup(AnswerSink sink, long token, Outcome outcome, long value) {
        Group group = pipeline.last();
        if (group == null || group.answeredEarly) {
            sink.answered(token, outcome, value, false);
            return;
        }
        context.pending++;
        group.answer(sink, token, outcome, value, false);
    }

    // --- operations with an identity
    // ----------------------------------------------------------------------------------------

    /** Applies a part of a request when all its counters are loaded. */
    void apply(Part part) {
        if (isServing()) {
            apply(List.of(part));
        } else {
            forward(part);
        }
    }

    /**
     * Applies parts in their order when the counters of all are loaded. Behind one that may do better the next time
     * none is applied, so that they can be sent again in the same order.
     */
    void apply(List<Part> parts) {
        if (!isServing()) {
            parts.forEach(part -> part.refuse(Outcome.UNAVAILABLE, 0));
            return;
        }
        AwaitedParts awaited = new AwaitedParts(parts, ownership.life());
        for (Part part : parts) {
            for (int i = 0; i < part.operations.size(); i++) {
                Key key = part.operations.get(i).key();
                Counter known = table.find(key.bytes(), 0, key.length(), key.hash());
                Counter counter = known == null ? load(key) : known;
                part.pin(i, counter);
                if (counter.loading) {
                    awaited.missing++;
                    counter.await(available -> loadedFor(awaited, part, available));
                }
            }
        }
        if (awaited.missing == 0) {
            identified.apply(parts, awaited.life);
        } else {
            context.pending += awaited.answers();
            waiting++;
        }
    }

    private void forward(Part part) {
        Remembering remembering = part.remembering;
        if (!part.forwards || remembering == null) {
            part.refuse(Outcome.UNAVAILABLE, 0);
            return;
        }
        context.pending += part.answers();
        context.elsewhere.forward(
                new RemotePart(number, part.operations, remembering), (token, outcome, value, replayed) -> {
                    context.release(1);
                    part.answer((int) token, outcome, value, replayed);
                });
    }

    private void loadedFor(AwaitedParts awaited, Part part, boolean available) {
        part.unloadable |= !available;
        if (--awaited.missing > 0) {
            return;
        }
        context.release(awaited.answers());
        waiting--;
        identified.apply(awaited.parts, awaited.life);
        ownership.checkReleased();
    }

    // --- effects
    // ------------------------------------------------------------------------------------------------------------

    /**
     * Applies an operation to a counter's latest state; returns what it is to be answered, with {@link #effectValue}.
     */
    Outcome effect(Counter counter, Operation operation) {
        if (operation instanceof Operation.Add add) {
            return addTo(counter, add.delta());
        } else if (operation instanceof Operation.Set set) {
            return set(counter, set);
        } else if (operation instanceof Operation.Delete) {
            if (!counter.latestPresent) {
                effectValue = 0;
                return Outcome.ABSENT;
            }
            effectValue = counter.latestValue;
            pipeline.change(counter, false, 0);
            return Outcome.DELETED;
        }
        effectValue = counter.latestPresent ? counter.latestValue : 0;
        return counter.latestPresent ? Outcome.VALUE : Outcome.ABSENT;
    }

    private Outcome addTo(Counter counter, long delta) {
        long base = counter.latestPresent ? counter.latestValue : 0;
        long sum = base + delta;
        if (((base ^ sum) & (delta ^ sum)) < 0) {
            effectValue = base;
            return Outcome.OVERFLOW;
        }
        pipeline.change(counter, true, sum);
        effectValue = sum;
        return Outcome.VALUE;
    }

    private Outcome set(Counter counter, Operation.Set set) {
        boolean was = counter.latestPresent;
        long previous = was ? counter.latestValue : 0;
        boolean applies = set.condition() == Operation.Condition.ALWAYS
                || (set.condition() == Operation.Condition.IF_PRESENT) == was;
        if (applies) {
            pipeline.change(counter, true, set.value());
        }
        if (set.answersPrevious()) {
            effectValue = previous;
            return was ? Outcome.VALUE : Outcome.ABSENT;
        }
        effectValue = applies ? set.value() : previous;
        return applies ? Outcome.VALUE : Outcome.NOT_APPLIED;
    }

    // --- loading
    // ------------------------------------------------------------------------------------------------------------

    /** Brings a counter into memory: at once where the store answers at once; otherwise the counter is loading. */
    private Counter load(Key key) {
        Counter counter = new Counter(key);
        table.insert(counter);
        context.loads++;
        CompletionStage<Optional<CounterRow>> stage = context.store.read(number, key);
        if (stage instanceof CompletableFuture<Optional<CounterRow>> done
                && done.isDone()
                && !done.isCompletedExceptionally()) {
            become(counter, done.join());
        } else {
            int life = ownership.life();
            stage.whenComplete((row, error) -> context.environment.execute(() -> {
                if (life != ownership.life()) {
                    return;
                }
                if (error == null) {
                    become(counter, row);
                } else {
                    unloadable(counter, error);
                }
                counter.takeWaiters().forEach(waiter -> waiter.loaded(error == null));
            }));
        }
        return counter;
    }

    private void unloadable(Counter counter, Throwable error) {
        table.remove(counter);
        counter.loading = false;
        if (Failures.cause(error) instanceof StoreException.Damaged damaged) {
            context.fail(damaged);
        }
    }

    private static void become(Counter counter, Optional<CounterRow> row) {
        counter.loading = false;
        row.ifPresent(r -> counter.becomeCommitted(true, r.value(), r.createdMillis()));
        counter.rollBack();
    }

    // --- commits and ownership
    // ----------------------------------------------------------------------------------------------

    /** The shard is another's, or may be: nothing in memory counts any more. */
    void lose(String reason, Outcome submitted) {
        ownership.end();
        discard(submitted, submitted); // where the first one may have been committed, so may those behind it
        context.listener.lost(number, reason);
        ownership.acquireAgain();
    }

    /**
     * A read of the head has shown a new owner; what has been submitted may have been committed before that one came.
     */
    void loseTo(Head head) {
        if (!context.rules.keepsFencedShards()) {
            ownership.end();
            discard(Outcome.UNKNOWN, Outcome.UNKNOWN);
            context.listener.lost(number, "the store has epoch " + head.epoch() + " of '" + head.owner() + "'");
            ownership.acquireAgain();
        }
    }

    /** Gives up asking about a commit in doubt: acquires the shard again, which decides it. */
    void settleByAcquiring(Group group) {
        ownership.end();
        discard(Outcome.UNKNOWN, Outcome.UNKNOWN);
        context.listener.lost(number, "a commit is in doubt and the store does not answer");
        ownership.acquireToSettle(group);
    }

    /** Whether nothing that was accepted is left to do. */
    boolean isIdle() {
        return waiting == 0 && !pipeline.hasWork();
    }

    /** All that was accepted is done: another may acquire the shard. */
    void released() {
        ownership.end();
        discard(Outcome.UNAVAILABLE, Outcome.UNAVAILABLE);
        context.listener.released(number);
    }

    void drop() {
        ownership.end();
        discard(Outcome.UNKNOWN, Outcome.UNKNOWN);
    }

    void forget(IdentitySlot slot) {
        pipeline.forget(slot);
    }

    private void discard(Outcome head, Outcome submitted) {
        pipeline.giveUp(head, submitted);
        context.window.dropShard(number);
        CounterTable dropped = table;
        List<Counter> loading = new ArrayList<>();
        dropped.forEach(counter -> {
            if (counter.loading) {
                loading.add(counter);
            }
        });
        dropped.clear();
        loading.forEach(counter -> counter.takeWaiters().forEach(waiter -> waiter.loaded(false)));
    }
}
