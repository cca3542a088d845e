package dev.odometer.benchmarks.micro;

import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.BatchId;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CommitOutcome;
import dev.odometer.engine.store.CounterRow;
import dev.odometer.engine.store.Head;
import dev.odometer.engine.store.IdentityRow;
import dev.odometer.engine.store.Store;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A store that keeps nothing and says at once that all is well: what remains is the engine's own cost. One thread. */
final class InstantStore implements Store {
    private static final CompletableFuture<CommitOutcome> COMMITTED =
            CompletableFuture.completedFuture(CommitOutcome.Committed.INSTANCE);

    private final int shards;

    InstantStore(int shards) {
        this.shards = shards;
    }

    @Override
    public int shards() {
        return shards;
    }

    @Override
    public CommitLimits commitLimits() {
        return new CommitLimits(8_192, 1 << 20);
    }

    @Override
    public int commitsInFlight() {
        return 8;
    }

    @Override
    public CompletionStage<Head> acquire(int shard, String owner) {
        return CompletableFuture.completedFuture(new Head(shard, 1, owner, 0, BatchId.NONE, 0));
    }

    @Override
    public CompletionStage<Head> head(int shard) {
        return CompletableFuture.completedFuture(Head.unowned(shard));
    }

    @Override
    public List<CompletionStage<CommitOutcome>> commit(List<Commit> commits) {
        return Collections.nCopies(commits.size(), COMMITTED);
    }

    @Override
    public CompletionStage<Optional<CounterRow>> read(int shard, Key key) {
        return CompletableFuture.completedFuture(Optional.empty());
    }

    @Override
    public CompletionStage<List<CounterRow>> scan(int shard, byte[] prefix, @Nullable Key after, int limit) {
        return CompletableFuture.completedFuture(List.of());
    }

    @Override
    public CompletionStage<List<IdentityRow>> identities(int shard, @Nullable IdentityId after, int limit) {
        return CompletableFuture.completedFuture(List.of());
    }

    @Override
    public void close() {}
}
