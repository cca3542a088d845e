package dev.odometer.engine;

import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.Head;
import dev.odometer.engine.store.IdentityRow;
import dev.odometer.engine.store.StoreException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Whether this engine owns a shard, and how it comes to: raises the epoch, loads the identities, then serves. Only
 * the engine's thread.
 */
final class Ownership {
    private static final int PAGE = 1_000;
    private static final int MAX_BACKOFF_MILLIS = 2_000;
    private static final int MAX_SETTLE_ATTEMPTS = 8;

    private final EngineContext context;
    private final Shard shard;
    private boolean serving;

    /** Raised at each beginning and end of ownership, so that what was asked for an earlier one is ignored. */
    private int life;

    /** Before what time the store was asked, the last time, that it said that this shard is ours. */
    private long knownNanos;

    /** How often somebody else may have acquired the shard: what the store was asked before is worth nothing. */
    private int doubts;

    private int attempts;
    private @Nullable CompletableFuture<Void> releasing;
    private @Nullable CompletableFuture<ShardStatus> acquiring;

    /** A group whose commit the next acquisition decides. */
    private @Nullable Group doubt;

    Ownership(EngineContext context, Shard shard) {
        this.context = context;
        this.shard = shard;
    }

    boolean isServing() {
        return serving;
    }

    int life() {
        return life;
    }

    CompletionStage<ShardStatus> acquire() {
        if (serving) {
            return CompletableFuture.completedFuture(shard.status());
        }
        if (acquiring != null) {
            return acquiring;
        }
        if (releasing != null) {
            return releasing.thenCompose(done -> acquire());
        }
        CompletableFuture<ShardStatus> future = new CompletableFuture<>();
        acquiring = future;
        attempts = 0;
        life++;
        ask();
        return future;
    }

    /** Whether a read may be answered without asking the store who the owner is. */
    boolean isCurrent() {
        return knownNanos != Long.MIN_VALUE && knownNanos >= context.elsewhere.currentSinceNanos();
    }

    /** Somebody else may have acquired the shard. */
    void doubt() {
        knownNanos = Long.MIN_VALUE;
        doubts++;
    }

    /** Whether commits go on: also those of what was accepted before a release. */
    boolean mayCommit() {
        return serving || releasing != null;
    }

    CompletionStage<Void> release() {
        if (releasing != null) {
            return releasing;
        }
        if (!serving) {
            if (acquiring != null) {
                context.window.dropShard(shard.number); // what of it has been loaded
            }
            end();
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> future = new CompletableFuture<>();
        releasing = future;
        serving = false;
        checkReleased();
        return future;
    }

    /** Ends a release when nothing is left to do. */
    void checkReleased() {
        if (releasing != null && shard.isIdle()) {
            shard.released();
        }
    }

    /** Serves no more. */
    void end() {
        serving = false;
        life++;
        CompletableFuture<Void> release = releasing;
        releasing = null;
        if (release != null) {
            // Later, when all of the shard is given up: whoever waits for it may acquire it again.
            context.environment.execute(() -> release.complete(null));
        }
        CompletableFuture<ShardStatus> unfinished = acquiring;
        acquiring = null;
        if (unfinished != null) {
            unfinished.completeExceptionally(
                    new StoreException.Unreachable("shard " + shard.number + " was dropped while it was acquired"));
        }
        giveUpDoubt();
    }

    /**
     * Asks the store whether this shard is still ours; false also where it cannot be asked. A shard that turns out to
     * be another's is given
     * up, so that an owner to whom nobody writes learns of it too.
     */
    CompletionStage<Boolean> confirm() {
        if (context.rules.confirmsFromMemory()) {
            return CompletableFuture.completedFuture(serving);
        }
        CompletableFuture<Boolean> confirmed = new CompletableFuture<>();
        int ofLife = life;
        long epoch = shard.pipeline.epoch();
        long asked = context.environment.nanos();
        int ofDoubts = doubts;
        context.pending++;
        context.store
                .head(shard.number)
                .whenComplete((head, error) -> context.environment.execute(() -> {
                    boolean same = ofLife == life && error == null;
                    if (same && head.epoch() > epoch) {
                        shard.loseTo(head);
                    }
                    boolean mine = same && head.epoch() == epoch;
                    if (mine && ofDoubts == doubts) {
                        knownNanos = Math.max(knownNanos, asked);
                    }
                    confirmed.complete(mine);
                    context.release(1);
                }));
        return confirmed;
    }

    void acquireAgain() {
        if (context.config.reacquire() && !context.failed) {
            acquire().exceptionally(error -> shard.status());
        }
    }

    /** Acquires the shard again; the head that it finds tells what became of a group in doubt. */
    void acquireToSettle(Group group) {
        doubt = group;
        if (context.config.reacquire() && !context.failed) {
            acquireAgain();
        } else {
            giveUpDoubt();
        }
    }

    private void ask() {
        int ofLife = life;
        knownNanos = context.environment.nanos();
        context.store
                .acquire(shard.number, context.config.owner())
                .whenComplete((head, error) -> context.environment.execute(() -> {
                    if (ofLife == life) {
                        acquired(head, Failures.cause(error));
                    }
                }));
    }

    private void acquired(@Nullable Head head, @Nullable Throwable error) {
        if (head == null || error != null) {
            failed(Objects.requireNonNullElse(error, new IllegalStateException("no head")));
            return;
        }
        settleDoubt(head);
        loadIdentities(head, null);
    }

    private void loadIdentities(Head head, @Nullable IdentityId after) {
        int ofLife = life;
        context.store
                .identities(shard.number, after, PAGE)
                .whenComplete((page, error) -> context.environment.execute(() -> {
                    if (ofLife == life) {
                        loaded(head, page, Failures.cause(error));
                    }
                }));
    }

    private void loaded(Head head, @Nullable List<IdentityRow> page, @Nullable Throwable error) {
        if (page == null || error != null) {
            context.window.dropShard(shard.number);
            failed(Objects.requireNonNullElse(error, new IllegalStateException("no identities")));
            return;
        }
        for (IdentityRow row : page) {
            context.window.load(shard.number, row);
        }
        if (page.size() == PAGE) {
            loadIdentities(head, page.get(PAGE - 1).id());
            return;
        }
        shard.pipeline.start(head);
        serving = true;
        context.markDirty(
                shard); // what was loaded may have expired: forgetting goes on, also where nothing else is written
        CompletableFuture<ShardStatus> future = acquiring;
        acquiring = null;
        context.listener.acquired(shard.number, head.epoch(), head.counters());
        if (future != null) {
            future.complete(shard.status());
        }
    }

    private void failed(Throwable error) {
        boolean hopeless = error instanceof StoreException.Damaged || error instanceof StoreException.Incompatible;
        attempts++;
        if (doubt != null && (hopeless || attempts >= MAX_SETTLE_ATTEMPTS)) {
            giveUpDoubt();
        }
        if (!hopeless && context.config.reacquire() && !context.failed) {
            int ofLife = life;
            long backoff = Math.min(MAX_BACKOFF_MILLIS, 10L << Math.min(attempts, 10));
            context.environment.schedule(
                    () -> {
                        if (ofLife == life) {
                            ask();
                        }
                    },
                    backoff + Math.floorMod(context.environment.randomLong(), backoff));
            return;
        }
        CompletableFuture<ShardStatus> future = acquiring;
        acquiring = null;
        life++;
        if (future != null) {
            future.completeExceptionally(error);
        }
        if (hopeless) {
            context.fail(error);
        }
    }

    /** The old epoch is fenced now: what is not in the head will never be. */
    private void settleDoubt(Head head) {
        Group group = doubt;
        doubt = null;
        if (group == null) {
            return;
        }
        Commit commit = Objects.requireNonNull(group.commit);
        context.release(group.size());
        if (head.sequence() == commit.sequence() && head.batchId().equals(commit.batchId())) {
            group.answerAll();
        } else if (head.sequence() < commit.sequence()) {
            group.refuseAll(Outcome.UNAVAILABLE);
        } else {
            group.refuseAll(Outcome.UNKNOWN);
        }
    }

    private void giveUpDoubt() {
        Group group = doubt;
        doubt = null;
        if (group != null) {
            context.release(group.size());
            group.refuseAll(Outcome.UNKNOWN);
        }
    }
}
