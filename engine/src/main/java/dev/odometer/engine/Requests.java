package dev.odometer.engine;

import dev.odometer.engine.model.Identity;
import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.model.KeyHash;
import dev.odometer.engine.model.Operation;
import dev.odometer.engine.store.IdentityRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Splits requests over shards and judges their identities before anything is applied. Only the engine's thread.
 *
 * <p>A session has a home shard, which holds a row for the last batch of the session whether or not one of its
 * counters lives there: it
 * tells the expected sequence. The other shards hold a row for the last batch that touched them. All rows of a batch
 * are written at the
 * same time; whichever were lost, a retry finds the others and completes the batch.
 */
final class Requests {
    private static final List<Integer> SINGLE = List.of(0);

    private final EngineContext context;
    private final Shard[] shards;

    /**
     * Sessions with a batch under way: its number, and how many requests wait for it. The next number is not taken
     * before it is done.
     */
    private final Map<IdentityId, Running> running = new HashMap<>();

    Requests(EngineContext context, Shard[] shards) {
        this.context = context;
        this.shards = shards;
    }

    Shard shardOf(Operation operation) {
        return shards[operation.key().shard(shards.length)];
    }

    void single(Operation operation, Identity identity, AnswerSink sink, long token) {
        List<Operation> operations = List.of(operation);
        Remembering remembering = remembering(identity, operations);
        Outcome refusal = judge(remembering, Map.of(shardOf(operation).number, SINGLE));
        if (refusal != null) {
            sink.answered(token, refusal, 0, false);
            return;
        }
        shardOf(operation).apply(new Part(operations, new long[] {token}, remembering, true, sink));
    }

    /** Parts of one shard that another node sends to this one as its owner. */
    void parts(List<RemotePart> parts, List<? extends AnswerSink> sinks) {
        List<Part> all = new ArrayList<>(parts.size());
        for (int i = 0; i < parts.size(); i++) {
            RemotePart part = parts.get(i);
            long[] tokens = new long[part.answers()];
            Arrays.setAll(tokens, token -> token);
            all.add(new Part(part.operations(), tokens, part.remembering(), false, sinks.get(i)));
        }
        shards[parts.get(0).shard()].apply(all);
    }

    /** @param forwards whether a session's batch goes on to the owner of its home shard where that is another */
    CompletionStage<BatchAnswer> batch(List<Operation> operations, @Nullable Identity identity, boolean forwards) {
        if (identity == null) {
            BatchCall call = new BatchCall(operations.size(), 0, false);
            for (int i = 0; i < operations.size(); i++) {
                shardOf(operations.get(i)).apply(operations.get(i), call, i);
            }
            return call.future;
        }
        Remembering remembering = remembering(identity, operations);
        Map<Integer, List<Integer>> byShard = new LinkedHashMap<>();
        for (int i = 0; i < operations.size(); i++) {
            byShard.computeIfAbsent(shardOf(operations.get(i)).number, shard -> new ArrayList<>())
                    .add(i);
        }
        if (identity instanceof Identity.SessionBatch session) {
            int home = home(session.id());
            if (forwards && !shards[home].isServing()) {
                return forward(home, operations, session);
            }
            boolean claims = byShard.putIfAbsent(home, List.of()) == null;
            return session(session, remembering, operations, byShard, claims ? 1 : 0);
        }
        Outcome refusal = judge(remembering, byShard);
        if (refusal != null) {
            return CompletableFuture.completedFuture(BatchCall.refused(refusal, 0));
        }
        BatchCall call = new BatchCall(operations.size(), 0, true);
        dispatch(operations, byShard, remembering, call);
        return call.future;
    }

    private CompletionStage<BatchAnswer> forward(int home, List<Operation> operations, Identity.SessionBatch session) {
        int waiting = operations.size() + 1;
        context.pending += waiting;
        return context.elsewhere.forward(home, operations, session).whenComplete((answer, error) -> {
            context.release(waiting);
        });
    }

    private CompletionStage<BatchAnswer> session(
            Identity.SessionBatch session,
            Remembering remembering,
            List<Operation> operations,
            Map<Integer, List<Integer>> byShard,
            int claims) {
        IdentityId id = session.id();
        Shard home = shards[home(id)];
        if (!home.isServing()) {
            return CompletableFuture.completedFuture(BatchCall.refused(Outcome.UNAVAILABLE, 0));
        }
        IdentityRow row = context.window.row(id, home.number, context.environment.wallMillis());
        long last = row == null ? 0 : row.sequence();
        Running open = running.get(id);
        long expected = open != null && open.sequence > last ? open.sequence : last + 1;
        boolean repeated = row != null && session.sequence() == last;
        if (open != null && open.sequence >= last && session.sequence() == open.sequence + 1) {
            // The batch before it is under way here; it may be done elsewhere, so nothing can be said about what is
            // expected.
            return CompletableFuture.completedFuture(BatchCall.refused(Outcome.UNAVAILABLE, 0));
        }
        if (!repeated && session.sequence() > expected) {
            // The client knows of more than this owner does: that may be because this is the owner no more.
            return home.ownership()
                    .confirm()
                    .thenApply(mine -> mine
                            ? BatchCall.refused(Outcome.OUT_OF_SEQUENCE, expected)
                            : BatchCall.refused(Outcome.UNAVAILABLE, 0));
        }
        if (!repeated && session.sequence() < expected) {
            return CompletableFuture.completedFuture(BatchCall.refused(Outcome.OUT_OF_SEQUENCE, expected));
        }
        if (repeated && row != null && row.fingerprint() != remembering.fingerprint()) {
            return CompletableFuture.completedFuture(BatchCall.refused(Outcome.CONFLICT, 0));
        }
        if (!repeated && !context.window.hasRoomFor(weight(byShard.values()))) {
            return CompletableFuture.completedFuture(BatchCall.refused(Outcome.WINDOW_FULL, 0));
        }
        BatchCall call = new BatchCall(operations.size(), claims, true);
        if (!repeated) {
            running.merge(
                    id, new Running(session.sequence(), 1), (one, more) -> new Running(one.sequence, one.requests + 1));
            call.onDone(
                    refusal -> running.computeIfPresent(id, (same, one) -> ended(one, session.sequence(), refusal)));
        }
        dispatch(operations, byShard, remembering, call);
        return call.future;
    }

    /**
     * What is under way in a session when one request for a batch has ended. Copies may still wait when the batch is
     * done.
     */
    private static @Nullable Running ended(Running one, long sequence, Outcome refusal) {
        if (one.sequence != sequence) {
            return one;
        }
        return refusal == Outcome.VALUE || one.requests == 1 ? null : new Running(sequence, one.requests - 1);
    }

    private void dispatch(
            List<Operation> operations, Map<Integer, List<Integer>> byShard, Remembering remembering, BatchCall call) {
        byShard.forEach((shard, places) -> {
            List<Operation> some = new ArrayList<>(places.size());
            long[] tokens = new long[Math.max(1, places.size())];
            tokens[0] = operations.size(); // the claim's token, where the part has no operation
            for (int i = 0; i < places.size(); i++) {
                some.add(operations.get(places.get(i)));
                tokens[i] = places.get(i);
            }
            shards[shard].apply(new Part(some, tokens, remembering, true, call));
        });
    }

    /** Says why an idempotency key or request id cannot be taken in these shards; null where it can. */
    private @Nullable Outcome judge(Remembering remembering, Map<Integer, List<Integer>> touched) {
        long now = context.environment.wallMillis();
        IdentityRow row = context.window.anyRow(remembering.id(), now);
        if (row != null && row.fingerprint() != remembering.fingerprint()) {
            return Outcome.CONFLICT;
        }
        int fresh = 0;
        for (Map.Entry<Integer, List<Integer>> part : touched.entrySet()) {
            boolean mine = shards[part.getKey()].isServing(); // another's shard is judged by its owner
            if (mine && context.window.row(remembering.id(), part.getKey(), now) == null) {
                fresh += IdentityWindow.weight(part.getValue().size());
            }
        }
        if (fresh > 0 && !remembering.isJudgeable(now)) {
            return Outcome.EXPIRED;
        }
        // What is remembered is answered also where more has been loaded than there is room for.
        return fresh == 0 || context.window.hasRoomFor(fresh) ? null : Outcome.WINDOW_FULL;
    }

    private static int weight(Collection<List<Integer>> parts) {
        int weight = 0;
        for (List<Integer> part : parts) {
            weight += IdentityWindow.weight(part.size());
        }
        return weight;
    }

    private Remembering remembering(Identity identity, List<Operation> operations) {
        long sequence = identity instanceof Identity.SessionBatch session ? session.sequence() : 0;
        // An identity that carries a time may come from a clock that is ahead: it is remembered for that much longer.
        long retention = window(identity) + (sequence == 0 ? EngineConfig.MAX_CLOCK_SKEW_MILLIS : 0);
        String text = identity instanceof Identity.IdempotencyKey key
                ? key.text()
                : identity instanceof Identity.RequestId request ? request.text() : "";
        long made = TimedIdentity.millis(text);
        return new Remembering(
                identity.id(),
                sequence,
                Fingerprint.of(operations),
                retention,
                made < 0 ? Long.MIN_VALUE : made - EngineConfig.MAX_CLOCK_SKEW_MILLIS,
                made < 0 ? Long.MAX_VALUE : made + window(identity));
    }

    private long window(Identity identity) {
        EngineConfig config = context.config;
        return identity instanceof Identity.IdempotencyKey
                ? config.idempotencyWindowMillis()
                : identity instanceof Identity.RequestId ? config.requestIdWindowMillis() : config.sessionIdleMillis();
    }

    private int home(IdentityId id) {
        return KeyHash.shard(id.low(), shards.length);
    }

    /** A session's batch under way, and how many requests for it are. */
    private record Running(long sequence, int requests) {}
}
