package dev.odometer.simulation;

import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CommitOutcome;
import dev.odometer.engine.store.CounterRow;
import dev.odometer.engine.store.Head;
import dev.odometer.engine.store.IdentityRow;
import dev.odometer.engine.store.Store;
import dev.odometer.engine.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One process's way to the {@link SimulatedStorage}, over the network: requests and replies are delayed, lost and
 * doubled, and after a timeout the caller is told that nobody knows, although the request may still arrive. What a
 * process sent before it crashed stays on its way.
 *
 * <p>In an {@linkplain Plan#ordered ordered} world it is like an embedded store instead: nothing is lost, the
 * requests of a shard are decided in the order in which they were made, and every outcome is known, but a commit
 * may still be refused for want of room.
 */
final class SimulatedStore implements Store {
    private static final CommitLimits LIMITS = new CommitLimits(2_048, 1 << 20);

    private final SimulatedWorld world;
    private final SimulatedProcess process;
    private final long[] orderedUntil;

    SimulatedStore(SimulatedWorld world, SimulatedProcess process) {
        this.world = world;
        this.process = process;
        this.orderedUntil = new long[world.storage.shards()];
    }

    @Override
    public int shards() {
        return world.storage.shards();
    }

    @Override
    public CommitLimits commitLimits() {
        return LIMITS;
    }

    @Override
    public int commitsInFlight() {
        return world.plan.commitsInFlight();
    }

    @Override
    public CompletionStage<Head> acquire(int shard, String owner) {
        return ask("acquire", shard, () -> world.storage.acquire(shard, owner, process.number));
    }

    @Override
    public CompletionStage<Head> head(int shard) {
        return ask("head", shard, () -> world.storage.head(shard));
    }

    @Override
    public CompletionStage<Optional<CounterRow>> read(int shard, Key key) {
        return ask("read", shard, () -> world.storage.read(shard, key));
    }

    @Override
    public CompletionStage<List<CounterRow>> scan(int shard, byte[] prefix, @Nullable Key after, int limit) {
        return ask("scan", shard, () -> world.storage.scan(shard, prefix, after, limit));
    }

    @Override
    public CompletionStage<List<IdentityRow>> identities(int shard, @Nullable IdentityId after, int limit) {
        return ask("identities", shard, () -> world.storage.identities(shard, after, limit));
    }

    @Override
    public List<CompletionStage<CommitOutcome>> commit(List<Commit> commits) {
        List<CompletionStage<CommitOutcome>> outcomes = new ArrayList<>(commits.size());
        for (Commit commit : commits) {
            world.timeline.note(process.name, "submits commit", commit.shard(), commit.sequence(), commit);
            outcomes.add(commit(commit));
        }
        return outcomes;
    }

    private CompletionStage<CommitOutcome> commit(Commit commit) {
        if (!world.plan.ordered() && world.network.happens(world.plan.unavailableRate())) {
            return exchange(false, commit.shard(), SimulatedStore::unavailable, SimulatedStore::unknown);
        }
        return exchange(true, commit.shard(), () -> decide(commit), SimulatedStore::unknown);
    }

    private CommitOutcome decide(Commit commit) {
        Head head = world.storage.head(commit.shard());
        boolean fits = head.epoch() == commit.epoch() && head.sequence() + 1 == commit.sequence();
        CommitOutcome outcome = world.plan.ordered() && fits && world.network.happens(world.plan.unavailableRate())
                ? unavailable()
                : world.storage.commit(commit, process.number);
        world.timeline.note(process.name, "commit decided", commit.shard(), commit.sequence(), outcome);
        return outcome;
    }

    private <T> CompletionStage<T> ask(String what, int shard, Supplier<T> answer) {
        world.timeline.note(process.name, what, shard, 0, null);
        CompletableFuture<T> result = new CompletableFuture<>();
        CompletionStage<Reply<T>> reply =
                exchange(true, shard, () -> new Reply<>(answer.get(), null), cause -> new Reply<>(null, cause));
        reply.thenAccept(got -> {
            if (got.failure() == null) {
                result.complete(got.value());
            } else {
                result.completeExceptionally(got.failure());
            }
        });
        return result;
    }

    /** Sends a request; completes with what was decided, or with the lack of an answer. */
    private <T> CompletionStage<T> exchange(
            boolean mayBeDoubled, int shard, Supplier<T> decision, Function<StoreException, T> unanswered) {
        CompletableFuture<T> result = new CompletableFuture<>();
        if (world.plan.ordered()) {
            world.timeline.after(inOrder(shard), () -> {
                T decided = decision.get();
                world.timeline.after(inOrder(shard), () -> process.arrive(() -> result.complete(decided)));
            });
            return result;
        }
        boolean[] decidedBefore = new boolean[1];
        int node = process.node.number;
        if (world.links.reachesStore(node)) {
            world.network.send(mayBeDoubled, () -> {
                T decided = decision.get();
                if (!decidedBefore[
                        0]) { // nobody listens to the reply to a copy: it would tell of the copy, not of the submission
                    decidedBefore[0] = true;
                    if (world.links.reachesStore(node)) {
                        world.network.send(true, () -> process.arrive(() -> result.complete(decided)));
                    }
                }
            });
        }
        world.timeline.after(
                world.plan.times().storeTimeoutMicros(),
                () -> process.arrive(() -> {
                    if (!result.isDone()) {
                        world.stats.storeTimeouts++;
                        result.complete(unanswered.apply(
                                new StoreException.Unreachable("no answer within the timeout; it may be tried again")));
                    }
                }));
        return result;
    }

    /** A delay after which the next message of the shard comes behind all earlier ones. */
    private long inOrder(int shard) {
        long at = Math.max(orderedUntil[shard] + 1, world.timeline.now() + world.network.delay() / 2);
        orderedUntil[shard] = at;
        return at - world.timeline.now();
    }

    private static CommitOutcome unknown(StoreException cause) {
        return new CommitOutcome.Unknown(cause);
    }

    private static CommitOutcome unavailable() {
        return new CommitOutcome.Unavailable(new StoreException.Unreachable("no room; nothing was written"));
    }

    @Override
    public void close() {
        // What was sent stays on its way; there is nothing to release.
    }

    /** What an asked storage says, or why it did not. */
    private record Reply<T>(@Nullable T value, @Nullable StoreException failure) {}
}
