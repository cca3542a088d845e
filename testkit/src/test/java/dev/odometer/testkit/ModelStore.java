package dev.odometer.testkit;

import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CommitOutcome;
import dev.odometer.engine.store.CounterChange;
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
import org.jspecify.annotations.Nullable;

/** A store in memory around {@link StoreModel}, with faults that the kit has to find. */
final class ModelStore implements Store {
    /** A way in which a store may break its contract. */
    enum Fault {
        NONE,
        TAKES_ANY_EPOCH,
        TAKES_ANY_SEQUENCE,
        TAKES_A_COMMIT_AGAIN,
        KEEPS_THE_EPOCH_AT_AN_ACQUISITION,
        FORGETS_THE_SEQUENCE_AT_AN_ACQUISITION,
        REFUSES_WITH_AN_OLD_HEAD,
        LOSES_IDENTITIES,
        FORGETS_AFTER_IT_WROTE,
        KEEPS_DELETED_COUNTERS,
        MISCOUNTS,
        IGNORES_THE_PREFIX,
        INCLUDES_AFTER,
        IGNORES_THE_LIMIT,
        MIXES_SHARDS,
        LOSES_THE_LAST_COMMIT_ON_CLOSE,
        DECIDES_A_CALL_AS_A_WHOLE,
        CUTS_LARGE_COMMITS
    }

    private final StoreModel model;
    private final Fault fault;
    private boolean closed;
    private @Nullable Commit last;

    ModelStore(StoreModel model, Fault fault) {
        this.model = model;
        this.fault = fault;
    }

    @Override
    public int shards() {
        return 3;
    }

    @Override
    public CommitLimits commitLimits() {
        return new CommitLimits(2_048, 1 << 20);
    }

    @Override
    public int commitsInFlight() {
        return 4;
    }

    private int place(int shard) {
        return fault == Fault.MIXES_SHARDS ? 0 : shard;
    }

    @Override
    public CompletionStage<Head> acquire(int shard, String owner) {
        Head head = model.head(shard);
        long epoch = head.epoch() + (fault == Fault.KEEPS_THE_EPOCH_AT_AN_ACQUISITION && head.epoch() > 0 ? 0 : 1);
        long sequence = fault == Fault.FORGETS_THE_SEQUENCE_AT_AN_ACQUISITION ? 0 : head.sequence();
        Head acquired = new Head(shard, epoch, owner, sequence, head.batchId(), head.counters());
        model.acquired(acquired);
        return CompletableFuture.completedFuture(acquired);
    }

    @Override
    public CompletionStage<Head> head(int shard) {
        return CompletableFuture.completedFuture(model.head(shard));
    }

    @Override
    public List<CompletionStage<CommitOutcome>> commit(List<Commit> commits) {
        List<CompletionStage<CommitOutcome>> stages = new ArrayList<>();
        boolean allOrNone =
                fault == Fault.DECIDES_A_CALL_AS_A_WHOLE && commits.stream().anyMatch(commit -> !model.accepts(commit));
        for (Commit commit : commits) {
            stages.add(CompletableFuture.completedFuture(allOrNone ? refused(commit) : commit(commit)));
        }
        return stages;
    }

    private CommitOutcome commit(Commit commit) {
        if (closed) {
            return new CommitOutcome.Unavailable(new StoreException.Unreachable("closed"));
        }
        Head head = model.head(commit.shard());
        boolean epoch = commit.epoch() == head.epoch() || fault == Fault.TAKES_ANY_EPOCH;
        boolean sequence = commit.sequence() == head.sequence() + 1
                || fault == Fault.TAKES_ANY_SEQUENCE
                || (fault == Fault.TAKES_A_COMMIT_AGAIN && head.isAt(commit));
        if (!epoch || !sequence) {
            return refused(commit);
        }
        last = commit;
        model.apply(spoilt(commit));
        return CommitOutcome.Committed.INSTANCE;
    }

    private CommitOutcome refused(Commit commit) {
        Head head = model.head(commit.shard());
        return new CommitOutcome.Refused(fault == Fault.REFUSES_WITH_AN_OLD_HEAD ? Head.unowned(commit.shard()) : head);
    }

    private Commit spoilt(Commit commit) {
        List<IdentityRow> identities = commit.identities();
        if (fault == Fault.LOSES_IDENTITIES) {
            identities = List.of();
        } else if (fault == Fault.FORGETS_AFTER_IT_WROTE) {
            identities = identities.stream()
                    .filter(row -> !commit.forgotten().contains(row.id()))
                    .toList();
        }
        var changes = commit.changes();
        if (fault == Fault.KEEPS_DELETED_COUNTERS) {
            changes = changes.stream().filter(change -> !change.deleted()).toList();
        } else if (fault == Fault.CUTS_LARGE_COMMITS && changes.size() > 1_000) {
            changes = changes.subList(0, 1_000);
        }
        long counters = fault == Fault.MISCOUNTS ? commit.counters() + 1 : commit.counters();
        return new Commit(
                place(commit.shard()),
                commit.epoch(),
                commit.sequence(),
                commit.batchId(),
                counters,
                changes,
                commit.forgotten(),
                identities);
    }

    @Override
    public CompletionStage<Optional<CounterRow>> read(int shard, Key key) {
        return CompletableFuture.completedFuture(model.counters(place(shard)).stream()
                .filter(row -> row.key().equals(key))
                .findFirst());
    }

    @Override
    public CompletionStage<List<CounterRow>> scan(int shard, byte[] prefix, @Nullable Key after, int limit) {
        int least = fault == Fault.INCLUDES_AFTER ? 0 : 1;
        return CompletableFuture.completedFuture(model.counters(place(shard)).stream()
                .filter(row -> fault == Fault.IGNORES_THE_PREFIX || row.key().startsWith(prefix))
                .filter(row -> after == null || row.key().compareTo(after) >= least)
                .limit(fault == Fault.IGNORES_THE_LIMIT ? Integer.MAX_VALUE : limit)
                .toList());
    }

    @Override
    public CompletionStage<List<IdentityRow>> identities(int shard, @Nullable IdentityId after, int limit) {
        return CompletableFuture.completedFuture(model.identities(place(shard)).stream()
                .filter(row -> after == null || row.id().compareTo(after) > 0)
                .limit(limit)
                .toList());
    }

    @Override
    public void close() {
        if (!closed
                && fault == Fault.LOSES_THE_LAST_COMMIT_ON_CLOSE
                && last != null
                && !last.changes().isEmpty()) {
            Key lost = last.changes().get(0).key();
            Head head = model.head(last.shard());
            model.apply(new Commit(
                    last.shard(),
                    head.epoch(),
                    head.sequence(),
                    head.batchId(),
                    head.counters(),
                    List.of(new CounterChange(lost, 0, 0, true)),
                    List.of(),
                    List.of()));
        }
        closed = true;
    }
}
