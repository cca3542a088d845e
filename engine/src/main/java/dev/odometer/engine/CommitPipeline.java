package dev.odometer.engine;

import dev.odometer.engine.model.Limits;
import dev.odometer.engine.store.BatchId;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CommitOutcome;
import dev.odometer.engine.store.CounterChange;
import dev.odometer.engine.store.Head;
import dev.odometer.engine.store.Store.CommitLimits;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The groups of one shard on their way through the store, under one epoch: the open group gathers, closed ones wait,
 * submitted ones are in
 * flight. Groups are answered in order, each after its commit and never before. A commit in doubt stops the line
 * until it is settled. Only
 * the engine's thread.
 */
final class CommitPipeline {
    private static final int MAX_ATTEMPTS = 12;
    private static final int POOLED = 4;
    private static final int POOLED_OPERATIONS = 16_384;
    private static final int MAX_BACKOFF_MILLIS = 1_000;

    private final EngineContext context;
    private final Shard shard;
    private final CommitLimits limits;
    private final int maxInFlight;
    private final Deque<Group> inFlight = new ArrayDeque<>();
    private final Deque<Group> closed = new ArrayDeque<>();
    private final Deque<Group> pool = new ArrayDeque<>();
    private @Nullable Group open;

    private long epoch;
    private long sequence;
    private long committedSequence;
    private long counters;
    private long committedCounters;
    private boolean inDoubt;

    /** Raised when groups in flight are given up, so that late outcomes of theirs are ignored. */
    private int generation;

    CommitPipeline(EngineContext context, Shard shard) {
        this.context = context;
        this.shard = shard;
        this.limits = context.store.commitLimits();
        this.maxInFlight = context.store.commitsInFlight();
    }

    /** Begins under a new epoch, with nothing on the way. */
    void start(Head head) {
        epoch = head.epoch();
        sequence = head.sequence();
        committedSequence = sequence;
        counters = head.counters();
        committedCounters = counters;
        inDoubt = false;
    }

    long epoch() {
        return epoch;
    }

    long committedSequence() {
        return committedSequence;
    }

    long committedCounters() {
        return committedCounters;
    }

    /**
     * The open group, after closing it where so much more does not fit: what is added next up to that stays in one
     * commit.
     */
    Group roomFor(int rows, int bytes) {
        Group group = open;
        if (group != null
                && (group.rows() + rows > limits.maxRows()
                        || group.bytes + bytes + rows * CommitLimits.ROW_OVERHEAD > limits.maxBytes())) {
            closeOpen(group);
            group = null;
        }
        if (group == null) {
            group = pool.isEmpty() ? new Group() : pool.pop();
            open = group;
            context.markDirty(shard);
        }
        return group;
    }

    /** The last group that is not answered: what depends on uncommitted state is answered with it. */
    @Nullable
    Group last() {
        return open != null ? open : !closed.isEmpty() ? closed.peekLast() : inFlight.peekLast();
    }

    /**
     * Makes a counter's latest state, to be committed with the open group. Counts the row only where it is new in the
     * group.
     */
    void change(Counter counter, boolean present, long value) {
        Group group = open;
        if (group == null || counter.lastChange != group) {
            group = roomFor(1, Limits.MAX_KEY_BYTES);
            group.bytes += CommitLimits.ROW_OVERHEAD + counter.key.length();
            counter.lastChange = group;
            counter.uncommitted++;
            group.changed.add(counter);
        }
        if (present != counter.latestPresent) {
            counters += present ? 1 : -1;
            counter.latestPresent = present;
            counter.latestCreatedMillis = context.environment.wallMillis();
        }
        counter.latestValue = value;
    }

    /** Has an identity row written with the open group, in which there is room for it. */
    void remember(IdentitySlot slot) {
        Group group = Objects.requireNonNull(open);
        group.bytes += CommitLimits.ROW_OVERHEAD + slot.pendingRow().answers().length;
        group.remembered.add(slot);
    }

    /** Has an identity row removed with the open group. */
    void forget(IdentitySlot slot) {
        Group group = roomFor(1, 0);
        group.bytes += CommitLimits.ROW_OVERHEAD;
        slot.forgetting = true;
        group.forgotten.add(slot);
    }

    /** The next commit to submit, or null where there is none now. */
    @Nullable
    Submission next(long nanos) {
        if (inDoubt || inFlight.size() >= maxInFlight) {
            return null;
        }
        if (closed.isEmpty()) {
            if (open == null) {
                return null;
            }
            closeOpen(open);
        }
        Group group = closed.removeFirst();
        Commit commit = new Commit(
                shard.number,
                epoch,
                ++sequence,
                new BatchId(context.environment.randomLong(), context.environment.randomLong()),
                group.counters,
                group.changes,
                group.forgottenIds(),
                group.rememberedRows());
        group.commit = commit;
        group.submittedNanos = nanos;
        inFlight.addLast(group);
        if (context.rules.answersBeforeCommit()) {
            group.answeredEarly = true;
            group.answerAll();
        }
        return new Submission(this, generation, group);
    }

    boolean hasWork() {
        return hasMore() || !inFlight.isEmpty();
    }

    boolean hasMore() {
        return open != null || !closed.isEmpty();
    }

    /** Takes the store's word on a commit; handles it when it is the first in line. */
    void outcome(int ofGeneration, Group group, CommitOutcome outcome) {
        if (ofGeneration != generation || context.failed) {
            return;
        }
        group.outcome = outcome;
        while (true) {
            Group head = inFlight.peekFirst();
            if (head == null || head.outcome == null || ofGeneration != generation) {
                break;
            }
            settle(head, head.outcome);
        }
        if (hasMore()) {
            context.markDirty(shard);
        }
        shard.ownership().checkReleased();
    }

    private void settle(Group head, CommitOutcome outcome) {
        head.outcome = null;
        if (outcome instanceof CommitOutcome.Committed) {
            finish(head);
        } else if (outcome instanceof CommitOutcome.Refused refused) {
            if (tookEffect(refused.current(), head)) {
                finish(head);
            } else if (context.rules.keepsFencedShards()) {
                epoch = refused.current().epoch();
                committedSequence = refused.current().sequence();
                giveUp(Outcome.UNAVAILABLE, Outcome.UNAVAILABLE);
            } else {
                shard.lose(
                        "the store has epoch " + refused.current().epoch() + " of '"
                                + refused.current().owner() + "', commit "
                                + refused.current().sequence(),
                        head.everInDoubt ? Outcome.UNKNOWN : Outcome.UNAVAILABLE);
            }
        } else if (outcome instanceof CommitOutcome.Unknown unknown) {
            if (context.rules.trustsUnknownCommits()) {
                finish(head);
            } else {
                head.everInDoubt = !context.rules.forgetsDoubt();
                resubmitLater(head, unknown.cause());
            }
        } else if (outcome instanceof CommitOutcome.Unavailable unavailable) {
            if (head.everInDoubt) {
                resubmitLater(head, unavailable.cause());
            } else {
                context.listener.commitFailed(shard.number, String.valueOf(unavailable.cause()));
                giveUp(Outcome.UNAVAILABLE, Outcome.UNAVAILABLE);
            }
        }
    }

    /** Under our own epoch nobody but us writes, so a sequence that has been reached was reached by our own commits. */
    private boolean tookEffect(Head current, Group group) {
        Commit commit = Objects.requireNonNull(group.commit);
        return current.isAt(commit) || (current.epoch() == epoch && current.sequence() > commit.sequence());
    }

    private void resubmitLater(Group head, Throwable cause) {
        context.listener.commitFailed(shard.number, "in doubt: " + cause);
        inDoubt = true;
        if (++head.attempts > MAX_ATTEMPTS) {
            inFlight.removeFirst();
            shard.settleByAcquiring(head);
            return;
        }
        long backoff = Math.min(MAX_BACKOFF_MILLIS, 5L << Math.min(head.attempts, 10));
        long jitter = Math.floorMod(context.environment.randomLong(), backoff);
        int ofGeneration = generation;
        context.environment.schedule(() -> resubmit(ofGeneration, head), backoff + jitter);
    }

    private void resubmit(int ofGeneration, Group head) {
        if (ofGeneration == generation && !context.failed) {
            Submission.submit(context, List.of(new Submission(this, generation, head)));
        }
    }

    private void finish(Group group) {
        inFlight.removeFirst();
        inDoubt = false;
        committedSequence = Objects.requireNonNull(group.commit).sequence();
        committedCounters = group.counters;
        for (int i = 0; i < group.changes.size(); i++) {
            CounterChange change = group.changes.get(i);
            Counter counter = group.changed.get(i);
            counter.becomeCommitted(!change.deleted(), change.value(), change.createdMillis());
            counter.uncommitted--;
            if (counter.lastChange == group) {
                counter.lastChange = null;
            }
        }
        for (IdentitySlot slot : group.forgotten) {
            slot.forgetCommitted();
            if (slot.isPending()) {
                context.window.defer(slot, slot.pendingRow().expiresMillis());
            } else {
                context.window.removeIfEmpty(slot);
            }
        }
        for (IdentitySlot slot : group.remembered) {
            slot.rememberCommitted();
        }
        int answered = group.size();
        context.commits++;
        context.operations += answered;
        context.release(answered);
        context.listener.committed(shard.number, answered, context.environment.nanos() - group.submittedNanos);
        if (!group.answeredEarly) {
            group.answerAll();
        }
        if (pool.size() < POOLED && answered <= POOLED_OPERATIONS) {
            group.reset();
            pool.push(group);
        }
    }

    /**
     * Fails all groups: the first one in flight as {@code head}, the others in flight as {@code submitted}, those
     * never submitted as
     * unavailable. The shard's state is the committed one again.
     */
    void giveUp(Outcome head, Outcome submitted) {
        List<Group> groups = new ArrayList<>(inFlight);
        groups.addAll(closed);
        int inStore = inFlight.size();
        if (open != null) {
            groups.add(open);
        }
        inFlight.clear();
        closed.clear();
        open = null;
        generation++;
        inDoubt = false;
        sequence = committedSequence;
        counters = committedCounters;
        groups.forEach(this::rollBack);
        for (int i = 0; i < groups.size(); i++) {
            Group group = groups.get(i);
            context.release(group.size());
            if (!group.answeredEarly) {
                group.refuseAll(i >= inStore ? Outcome.UNAVAILABLE : i == 0 ? head : submitted);
            }
        }
    }

    private void rollBack(Group group) {
        for (Counter counter : group.changed) {
            counter.rollBack();
        }
        for (IdentitySlot slot : group.remembered) {
            slot.rollBackPut();
            context.window.removeIfEmpty(slot);
        }
        long soon = context.environment.wallMillis() + 1_000;
        for (IdentitySlot slot : group.forgotten) {
            slot.rollBackForget();
            context.window.defer(slot, soon);
        }
    }

    private void closeOpen(Group group) {
        group.close();
        group.counters = counters;
        closed.addLast(group);
        open = null;
    }
}
