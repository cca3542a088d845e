package dev.odometer.simulation;

import dev.odometer.engine.Answer;
import dev.odometer.engine.CounterPage;
import dev.odometer.engine.Outcome;
import dev.odometer.engine.model.Identity;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.model.Operation;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CounterChange;
import dev.odometer.engine.store.CounterRow;
import dev.odometer.engine.store.Head;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Watches the whole run and fails it the moment something is wrong that can be seen at once: every commit as it
 * becomes durable, and every answer as an engine gives it (not as it reaches the client: an answer given is a
 * promise made). What needs hindsight is checked by {@link #hindsight}.
 */
final class Judge implements SimulatedStorage.Watcher {
    private final SimulatedWorld world;
    private final Map<Key, CounterHistory> counters;
    private final int[] acquiredBy;
    private long commits;

    Judge(SimulatedWorld world, List<CounterHistory> counters) {
        this.world = world;
        this.counters = new HashMap<>();
        counters.forEach(counter -> this.counters.put(counter.key, counter));
        this.acquiredBy = new int[world.plan.shards()];
    }

    // --- what becomes durable
    // -----------------------------------------------------------------------------------------------

    @Override
    public void acquired(Head before, Head after, int process) {
        world.timeline.note("storage", "is acquired", after.shard(), after.epoch(), after.owner());
        world.stats.acquisitions++;
        acquiredBy[after.shard()] = process;
        for (SimulatedNode node : world.nodes) {
            SimulatedProcess other = node.process();
            if (other != null && other.number != process) {
                other.othersAcquired(after.shard());
            }
        }
    }

    @Override
    public void committed(Head before, Commit commit, int process, int rows) {
        world.timeline.note("storage", "takes commit", commit.shard(), commit.sequence(), commit);
        world.stats.commits++;
        commits++;
        if (acquiredBy[commit.shard()] != process) {
            world.fail("a commit of process " + process + " took effect after process " + acquiredBy[commit.shard()]
                    + " had acquired the shard: " + commit);
        }
        if (commit.counters() != rows) {
            world.fail("a commit says that the shard has " + commit.counters() + " counters; it has " + rows + ": "
                    + commit);
        }
        Set<Key> changed = new HashSet<>();
        for (CounterChange change : commit.changes()) {
            CounterHistory counter = counters.get(change.key());
            if (counter == null
                    || !changed.add(change.key())
                    || change.key().shard(world.plan.shards()) != commit.shard()) {
                world.fail("a commit has a strange change: " + change);
                return;
            }
            String wrong = counter.committed(change.deleted() ? Model.ABSENT : change.value(), commits);
            if (!wrong.isEmpty()) {
                world.fail(wrong);
            }
        }
    }

    // --- what clients are told
    // ----------------------------------------------------------------------------------------------

    void delivered(Attempt attempt) {
        attempt.settledBefore = world.sessions.settled(attempt.request);
        for (ClientOperation operation : attempt.request.operations) {
            if (!operation.mayHaveTakenEffect()) {
                operation.counter.started(operation);
            }
            operation.deliveries++;
            operation.unanswered++;
        }
        world.sessions.delivered(attempt.request);
    }

    void answered(Attempt attempt, int index, Answer answer) {
        ClientOperation operation = attempt.request.operations.get(index);
        operation.unanswered--;
        world.stats.answered(answer);
        if (answer.outcome().isDecided()) {
            decided(attempt, index, operation, answer);
        } else {
            refused(attempt, operation, answer);
        }
    }

    private void decided(Attempt attempt, int index, ClientOperation operation, Answer answer) {
        boolean forwarded = world.plan.cluster() != null; // and may have been sent twice on the way
        boolean mayBeReplay = attempt.request.identity != null && (forwarded || operation.deliveries >= 2);
        if (answer.replayed() && !mayBeReplay) {
            world.fail("the first delivery was answered as a replay, " + answer + ": " + attempt.request);
        }
        if (!answer.replayed() && operation.firstAnswerSeen && !forwarded) {
            world.fail("two deliveries were both answered as the first, the second with " + answer + ": "
                    + attempt.request);
        }
        operation.firstAnswerSeen |= !answer.replayed();
        if (operation.isDecided()) {
            if (operation.outcome != answer.outcome() || operation.value != answer.value()) {
                world.fail("a retry was answered " + answer + ", which is not the first answer: " + operation);
            }
            return;
        }
        Request rival = attempt.request.rival;
        if (rival != null && rival.operations.stream().anyMatch(ClientOperation::isDecided)) {
            world.fail("both payloads of one identity were taken: " + attempt.request + " and " + rival);
        }
        operation.outcome = answer.outcome();
        operation.value = answer.value();
        CounterHistory counter = operation.counter;
        SimulatedProcess process = attempt.process;
        if (attempt.request.identity == null && LinearOrder.changedNothing(operation.operation, answer.outcome())) {
            boolean linearizable = attempt.request.shape == Request.Shape.LINEARIZABLE_READ;
            int least = attempt.leastState(index);
            int state = counter.indexOf(stateSeen(operation.operation, answer), least);
            if (state >= 0) {
                operation.ordered = false;
                process.shown[counter.number] = Math.max(process.shown[counter.number], state);
                if (linearizable) {
                    counter.show(state);
                }
                return;
            }
        }
        counter.answered(operation);
        process.shown[counter.number] = Math.max(process.shown[counter.number], counter.commitOf(operation));
    }

    /** The state that an answer shows which changed nothing. */
    private static long stateSeen(Operation operation, Answer answer) {
        boolean absent = answer.outcome() == Outcome.ABSENT
                || (answer.outcome() == Outcome.NOT_APPLIED
                        && operation instanceof Operation.Set set
                        && set.condition() == Operation.Condition.IF_PRESENT);
        return absent ? Model.ABSENT : answer.value();
    }

    private void refused(Attempt attempt, ClientOperation operation, Answer answer) {
        Request request = attempt.request;
        switch (answer.outcome()) {
            case UNKNOWN -> operation.inDoubt = true;
            case CONFLICT -> {
                Request rival = request.rival;
                // What an owner said on another node's behalf may be known here only when its reason has been undone.
                boolean late = world.plan.cluster() != null;
                if (rival == null
                        || rival.operations.stream()
                                .noneMatch(one -> one.mayHaveTakenEffect() || (late && one.deliveries > 0))) {
                    world.fail("a conflict, although nothing else had this identity: " + request);
                }
            }
            case EXPIRED -> {
                if (!(request.identity instanceof Identity.IdempotencyKey key) || !TimedKey.mayBeExpired(key, world)) {
                    world.fail("an identity was called expired too early: " + request);
                }
            }
            case OUT_OF_SEQUENCE -> {
                String wrong = world.sessions.wrongRefusal(attempt, answer.value());
                if (wrong != null) {
                    world.fail(wrong + ": " + request);
                }
            }
            case WINDOW_FULL -> requireSmall("identities", world.plan.maxIdentities() < Plan.AMPLE);
            case BUSY -> requireSmall("waiting operations", world.plan.mayBeBusy());
            case STOPPING -> {
                if (!attempt.process.isDraining()) {
                    world.fail("a process that is not stopping refused for that reason: " + request);
                }
            }
            default -> {}
        }
    }

    private void requireSmall(String what, boolean small) {
        if (!small) {
            world.fail("an operation was refused as if there were too many " + what);
        }
    }

    void listed(CounterPage page) {
        @Nullable Key before = null;
        for (CounterRow row : page.counters()) {
            CounterHistory counter = counters.get(row.key());
            if (counter == null || counter.indexOf(row.value(), 0) < 0) {
                world.fail("a listing shows " + row + ", which was never committed");
            }
            if (before != null && before.compareTo(row.key()) >= 0) {
                world.fail("a listing is not in key order: " + page);
            }
            before = row.key();
        }
    }

    // --- hindsight
    // ----------------------------------------------------------------------------------------------------------

    /** What can be judged only when the run is over. */
    void hindsight(List<Request> requests) {
        for (CounterHistory counter : world.counters) {
            LinearOrder.Verdict verdict = LinearOrder.check(counter);
            if (verdict.gaveUp()) {
                world.stats.searchesGivenUp++;
            }
            if (verdict.failure() != null) {
                world.fail(verdict.failure());
            }
        }
        requests.forEach(this::batchIsAtomic);
    }

    /** What a batch with an identity does in one shard becomes durable in one commit. */
    private void batchIsAtomic(Request request) {
        if (request.identity == null) {
            return;
        }
        Map<Integer, ClientOperation> firsts = new HashMap<>();
        for (ClientOperation operation : request.operations) {
            if (operation.seenInCommit >= 0) {
                int shard = operation.counter.key.shard(world.plan.shards());
                ClientOperation first = firsts.putIfAbsent(shard, operation);
                if (first != null && first.seenInCommit != operation.seenInCommit) {
                    world.fail("a batch was torn: commit " + first.seenInCommit + " has " + first + ", commit "
                            + operation.seenInCommit + " has " + operation);
                }
            }
        }
    }
}
