package dev.odometer.store.cassandra;

import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CommitOutcome;
import dev.odometer.engine.store.CounterRow;
import dev.odometer.engine.store.Head;
import dev.odometer.engine.store.IdentityRow;
import dev.odometer.engine.store.Store;
import dev.odometer.testkit.net.FaultProxy;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A store behind proxies whose first commit gets no answer: it was applied and the answer lost, or it was lost itself.
 * The network is whole again before its outcome is told.
 */
final class DoubtfulStore implements Store {
    private final Store store;
    private final Proxies proxies;
    private final boolean takesEffect;
    private final AtomicBoolean done = new AtomicBoolean();

    DoubtfulStore(Store store, Proxies proxies, boolean takesEffect) {
        this.store = store;
        this.proxies = proxies;
        this.takesEffect = takesEffect;
    }

    @Override
    public List<CompletionStage<CommitOutcome>> commit(List<Commit> commits) {
        if (done.getAndSet(true)) {
            return store.commit(commits);
        }
        proxies.all(takesEffect ? FaultProxy::dropAnswers : FaultProxy::dropRequests);
        return store.commit(commits).stream()
                .map(stage -> stage.whenComplete((outcome, failure) -> proxies.all(FaultProxy::heal)))
                .toList();
    }

    @Override
    public int shards() {
        return store.shards();
    }

    @Override
    public CommitLimits commitLimits() {
        return store.commitLimits();
    }

    @Override
    public int commitsInFlight() {
        return store.commitsInFlight();
    }

    @Override
    public CompletionStage<Head> acquire(int shard, String owner) {
        return store.acquire(shard, owner);
    }

    @Override
    public CompletionStage<Head> head(int shard) {
        return store.head(shard);
    }

    @Override
    public CompletionStage<Optional<CounterRow>> read(int shard, Key key) {
        return store.read(shard, key);
    }

    @Override
    public CompletionStage<List<CounterRow>> scan(int shard, byte[] prefix, @Nullable Key after, int limit) {
        return store.scan(shard, prefix, after, limit);
    }

    @Override
    public CompletionStage<List<IdentityRow>> identities(int shard, @Nullable IdentityId after, int limit) {
        return store.identities(shard, after, limit);
    }

    @Override
    public void close() {
        store.close();
        proxies.close();
    }
}
