package dev.odometer.engine;

import dev.odometer.engine.internal.EngineRules;
import dev.odometer.engine.model.Identity;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.model.KeyHash;
import dev.odometer.engine.model.Limits;
import dev.odometer.engine.model.Operation;
import dev.odometer.engine.store.Store;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Applies operations to the shards that this node owns, commits them in groups and answers after the commit.
 *
 * <p>Thread-confined: every method is called on the environment's executor, and every stage and sink completes there.
 * Operations that arrive
 * in one task of that executor, or while earlier commits are on their way, share commits.
 *
 * <p>What is answered with a decided {@link Outcome} is durable by the {@linkplain Store store's} promise. Memory is
 * bounded by the
 * {@link EngineConfig}, whatever the number of counters.
 */
public final class Engine {
    private static final int PURGE = 512;
    private static final int MAINTENANCE_MILLIS = 1_000;

    private final EngineContext context;
    private final Shard[] shards;
    private final Requests requests;
    private boolean maintained;
    private @Nullable CompletableFuture<Void> drained;

    /** An engine that owns no shard yet. */
    public Engine(EngineConfig config, Store store, EngineEnvironment environment, EngineListener listener) {
        this(config, store, environment, listener, EngineRules.SAFE);
    }

    /** An engine whose rules may be broken on purpose. For the simulation. */
    public Engine(
            EngineConfig config,
            Store store,
            EngineEnvironment environment,
            EngineListener listener,
            EngineRules rules) {
        context = new EngineContext(config, store, environment, listener, rules, this::commitDirty);
        shards = new Shard[store.shards()];
        for (int i = 0; i < shards.length; i++) {
            shards[i] = new Shard(context, i, config.cacheBytes() / shards.length);
        }
        requests = new Requests(context, shards);
    }

    /**
     * Acquires all shards; completes when all serve.
     *
     * <p>Fails with the first {@link dev.odometer.engine.store.StoreException}; where the configuration says to
     * reacquire, only with one
     * that no retry can help.
     */
    public CompletionStage<List<ShardStatus>> acquireAll() {
        List<CompletableFuture<ShardStatus>> all = new ArrayList<>();
        for (Shard shard : shards) {
            all.add(acquire(shard.number).toCompletableFuture());
        }
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).thenApply(done -> shards());
    }

    /**
     * Acquires one shard: raises its epoch, loads its identities, serves. Completes at once where it serves already.
     */
    public CompletionStage<ShardStatus> acquire(int shard) {
        return shards[shard].ownership().acquire();
    }

    /** Says where operations on other owners' shards go from now on. Called once, before the first operation. */
    public void forwardTo(Elsewhere elsewhere) {
        context.elsewhere = elsewhere;
    }

    /** Whether this engine serves a shard as its owner. */
    public boolean isServing(int shard) {
        return shards[shard].isServing();
    }

    /** How many shards the store has. */
    public int shardCount() {
        return shards.length;
    }

    /**
     * Gives a shard up in peace: what was accepted is finished, what comes from now on is {@linkplain #forwardTo
     * forwarded}. Completes when nothing of it is left here and another may acquire it without a loss. The store is
     * not told.
     */
    public CompletionStage<Void> release(int shard) {
        return shards[shard].ownership().release();
    }

    /**
     * Asks the store whether this engine still owns a shard that it serves, and gives the shard up where it does not.
     * Completes with the answer; false also where the store cannot be asked or too much waits already.
     */
    public CompletionStage<Boolean> confirm(int shard) {
        return shards[shard].isServing() && !context.isFull(1)
                ? shards[shard].ownership().confirm()
                : CompletableFuture.completedFuture(false);
    }

    /** As {@link #confirm}, where somebody else may have acquired the shard: until then all its reads ask the store. */
    public CompletionStage<Boolean> doubt(int shard) {
        shards[shard].ownership().doubt();
        return confirm(shard);
    }

    /**
     * Gives a shard up at once: what has been submitted to the store is answered {@link Outcome#UNKNOWN}, the rest
     * {@link Outcome#UNAVAILABLE}. The store is not told.
     */
    public void drop(int shard) {
        shards[shard].drop();
        checkDrained();
    }

    /**
     * The fast way to add: allocates nothing where the counter is in memory. The bytes are not kept.
     *
     * @throws dev.odometer.engine.model.InvalidKeyException where the bytes cannot be a key; nothing is changed and
     * the sink not called
     */
    public void add(byte[] key, int offset, int length, long delta, AnswerSink sink, long token) {
        Outcome refusal = refusal(1);
        if (refusal != null) {
            sink.answered(token, refusal, 0, false);
            return;
        }
        long hash = KeyHash.hash(key, offset, length);
        shards[KeyHash.shard(hash, shards.length)].add(key, offset, length, hash, delta, sink, token);
    }

    /**
     * The fast way to read: answers the committed value. A read that follows writes in the order of calls sees them:
     * it is answered with
     * their commit.
     *
     * @throws dev.odometer.engine.model.InvalidKeyException where the bytes cannot be a key; the sink is not called
     */
    public void get(byte[] key, int offset, int length, AnswerSink sink, long token) {
        Outcome refusal = refusal(1);
        if (refusal != null) {
            sink.answered(token, refusal, 0, false);
            return;
        }
        long hash = KeyHash.hash(key, offset, length);
        shards[KeyHash.shard(hash, shards.length)].get(key, offset, length, hash, sink, token);
    }

    /**
     * Any single operation, with an identity or without. A read's identity is ignored: it has no effect to remember.
     *
     * @throws IllegalArgumentException where the identity is a session's: those number batches
     */
    public void submit(Operation operation, @Nullable Identity identity, AnswerSink sink, long token) {
        if (identity instanceof Identity.SessionBatch) {
            throw new IllegalArgumentException("a session numbers batches, not single operations");
        }
        Outcome refusal = refusal(1);
        if (refusal != null) {
            sink.answered(token, refusal, 0, false);
        } else if (identity == null || operation instanceof Operation.Get) {
            requests.shardOf(operation).apply(operation, sink, token);
        } else {
            requests.single(operation, identity, sink, token);
        }
    }

    /**
     * Applies up to {@link Limits#MAX_BATCH_OPERATIONS} operations, in order for each counter; atomic in each shard,
     * not over shards.
     *
     * <p>Without an identity, each operation has its own outcome. With one, all take effect exactly once: where a
     * part could not be
     * applied the batch is refused as a whole, and a retry under the same identity completes it, never doubling the
     * rest.
     *
     * @throws IllegalArgumentException where the batch is empty or too long
     */
    public CompletionStage<BatchAnswer> batch(List<Operation> operations, @Nullable Identity identity) {
        if (operations.isEmpty() || operations.size() > Limits.MAX_BATCH_OPERATIONS) {
            throw new IllegalArgumentException(
                    "a batch has 1 to " + Limits.MAX_BATCH_OPERATIONS + " operations, not " + operations.size());
        }
        int claims = identity instanceof Identity.SessionBatch ? 1 : 0;
        Outcome refusal = refusal(operations.size() + claims);
        if (refusal != null) {
            return CompletableFuture.completedFuture(BatchCall.refused(refusal, 0));
        }
        return requests.batch(List.copyOf(operations), identity, true);
    }

    /**
     * Applies a part that another node sends to this one as the shard's owner; {@link Outcome#UNAVAILABLE} where it is
     * not. Nothing is forwarded further. The sink's tokens are 0 to {@link RemotePart#answers()} - 1.
     *
     * @throws IllegalArgumentException where an operation's key belongs to another shard
     */
    public void submit(RemotePart part, AnswerSink sink) {
        submit(List.of(part), List.of(sink));
    }

    /**
     * Applies parts of one shard, as {@link #submit(RemotePart, AnswerSink)} does, in their order. Behind one that is
     * {@link Outcome#UNAVAILABLE} or {@link Outcome#BUSY} none is applied: they can be sent again in the same order.
     *
     * @param sinks one for each part
     * @throws IllegalArgumentException where there is no part, or an operation's key belongs to another shard
     */
    public void submit(List<RemotePart> parts, List<? extends AnswerSink> sinks) {
        if (parts.isEmpty() || parts.size() != sinks.size()) {
            throw new IllegalArgumentException(parts.size() + " parts with " + sinks.size() + " sinks");
        }
        int shard = parts.get(0).shard();
        if (shard < 0 || shard >= shards.length) {
            throw new IllegalArgumentException("there is no shard " + shard);
        }
        int answers = 0;
        for (RemotePart part : parts) {
            for (Operation operation : part.operations()) {
                if (part.shard() != shard || operation.key().shard(shards.length) != shard) {
                    throw new IllegalArgumentException("a key of another shard than " + shard);
                }
            }
            answers += part.answers();
        }
        Outcome refusal = refusal(answers);
        if (refusal == null) {
            requests.parts(parts, sinks);
            return;
        }
        for (int i = 0; i < parts.size(); i++) {
            for (int token = 0; token < parts.get(i).answers(); token++) {
                sinks.get(i).answered(token, refusal, 0, false);
            }
        }
    }

    /**
     * Reads for another node, as the shard's owner; {@link Outcome#UNAVAILABLE} where this is not it. Nothing is
     * forwarded further.
     *
     * @param linearizable see {@link #getLinearizable}
     */
    public void read(Key key, boolean linearizable, AnswerSink sink, long token) {
        Outcome refusal = refusal(1);
        if (refusal != null) {
            sink.answered(token, refusal, 0, false);
        } else {
            shards[key.shard(shards.length)].read(key, linearizable, sink, token);
        }
    }

    /**
     * A session's batch that another node sends to this one as the owner of the session's home shard; see {@link
     * #batch}. Its parts may be forwarded, itself not.
     */
    public CompletionStage<BatchAnswer> batchAsHome(List<Operation> operations, Identity.SessionBatch identity) {
        if (operations.isEmpty() || operations.size() > Limits.MAX_BATCH_OPERATIONS) {
            throw new IllegalArgumentException("a batch of " + operations.size() + " operations");
        }
        Outcome refusal = refusal(operations.size() + 1);
        return refusal != null
                ? CompletableFuture.completedFuture(BatchCall.refused(refusal, 0))
                : requests.batch(List.copyOf(operations), identity, false);
    }

    /**
     * Reads after asking the store whether the node that answers still owns the shard, so that the value is not older
     * than the call; {@link Outcome#UNAVAILABLE} where nobody can say.
     */
    public CompletionStage<Answer> getLinearizable(Key key) {
        CompletableFuture<Answer> result = new CompletableFuture<>();
        AnswerSink sink = (token, outcome, value, replayed) -> result.complete(new Answer(outcome, value, replayed));
        Outcome refusal = refusal(1);
        if (refusal != null) {
            sink.answered(0, refusal, 0, false);
        } else {
            shards[key.shard(shards.length)].getConfirmed(key, true, sink, 0);
        }
        return result;
    }

    /**
     * A page of committed counters in key order, over all shards of the store, owned or not: those that start with
     * {@code prefix} and come
     * after {@code after}. Not a snapshot: each counter shows a value that was committed between call and answer, or
     * just before.
     *
     * @throws IllegalArgumentException where the limit is not 1 to {@link Limits#MAX_PAGE}
     */
    public CompletionStage<CounterPage> list(byte[] prefix, @Nullable Key after, int limit) {
        if (limit < 1 || limit > Limits.MAX_PAGE) {
            throw new IllegalArgumentException("a page has 1 to " + Limits.MAX_PAGE + " counters, not " + limit);
        }
        return new Listing(context.store, context.environment, prefix.clone(), limit).start(after);
    }

    /**
     * How many counters the store holds, over all shards, owned or not; not of one moment. Fails with the store's
     * exception where a shard of another owner cannot be asked.
     */
    public CompletionStage<Long> count() {
        return new Counting(context, shards).start();
    }

    /** The shards, in order of their numbers. */
    public List<ShardStatus> shards() {
        return Arrays.stream(shards).map(Shard::status).toList();
    }

    /** Figures of this moment. */
    public EngineStats stats() {
        long counters = 0;
        int cached = 0;
        for (Shard shard : shards) {
            counters += shard.pipeline.committedCounters();
            cached += shard.cached();
        }
        return new EngineStats(
                counters,
                context.pending,
                context.window.taken(),
                cached,
                context.loads,
                context.commits,
                context.operations);
    }

    /**
     * Takes no more operations ({@link Outcome#STOPPING}); completes when everything accepted is answered.
     * Idempotent.
     */
    public CompletionStage<Void> drain() {
        context.draining = true;
        if (drained == null) {
            drained = new CompletableFuture<>();
        }
        checkDrained();
        return drained;
    }

    private @Nullable Outcome refusal(int operations) {
        return context.draining
                ? Outcome.STOPPING
                : context.isFull(operations) ? Outcome.BUSY : context.failed ? Outcome.UNAVAILABLE : null;
    }

    private void checkDrained() {
        if (context.draining && drained != null && context.pending == 0) {
            drained.complete(null);
        }
    }

    /**
     * The end of a moment: submits a commit of every shard that has something to write, together, as long as there is
     * one.
     */
    private void commitDirty() {
        List<Shard> dirty = context.takeDirty();
        purge();
        long nanos = context.environment.nanos();
        List<Submission> submissions = new ArrayList<>(dirty.size());
        for (Shard shard : dirty) {
            Submission submission = shard.ownership().mayCommit() ? shard.pipeline.next(nanos) : null;
            if (submission != null) {
                submissions.add(submission);
                if (shard.pipeline.hasMore()) {
                    context.markDirty(shard); // a group too large for one commit: its rest goes with the next
                }
            }
        }
        if (!submissions.isEmpty() && !context.failed) {
            Submission.submit(context, submissions);
        }
        maintain();
        checkDrained();
    }

    /** Has identities whose time has passed forgotten by commits of their shards. */
    private void purge() {
        for (IdentitySlot slot : context.window.takeExpired(context.environment.wallMillis(), PURGE)) {
            Shard shard = shards[slot.shard];
            if (shard.isServing()) {
                shard.pipeline.forget(slot);
            } else {
                context.window.defer(slot, context.environment.wallMillis() + MAINTENANCE_MILLIS);
            }
        }
    }

    /** Keeps forgetting identities while nothing else is committed. */
    private void maintain() {
        if (maintained || context.window.isEmpty()) {
            return;
        }
        maintained = true;
        context.environment.schedule(
                () -> {
                    maintained = false;
                    if (!context.failed) {
                        purge();
                        maintain();
                    }
                },
                MAINTENANCE_MILLIS);
    }
}
