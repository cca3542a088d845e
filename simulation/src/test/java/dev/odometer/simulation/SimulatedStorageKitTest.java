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
import dev.odometer.testkit.StoreCompatibilityKit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The store's contract, held by the simulated storage itself, without the network before it. */
class SimulatedStorageKitTest extends StoreCompatibilityKit {
    private final SimulatedStorage storage =
            new SimulatedStorage(3, new Timeline(), Fault.NONE, new SimulatedStorage.Watcher() {
                @Override
                public void acquired(Head before, Head after, int process) {}

                @Override
                public void committed(Head before, Commit commit, int process, int rows) {}
            });

    @Override
    protected Store open() {
        return new Direct();
    }

    @Override
    protected Store openAfterCrash(Store running) {
        running.close();
        return open();
    }

    /** The storage as a store that answers at once. */
    private final class Direct implements Store {
        private boolean closed;

        private <T> CompletionStage<T> ask(Supplier<T> question) {
            synchronized (storage) {
                return closed
                        ? CompletableFuture.failedFuture(new StoreException.Unreachable("closed"))
                        : CompletableFuture.completedFuture(question.get());
            }
        }

        @Override
        public int shards() {
            return storage.shards();
        }

        @Override
        public CommitLimits commitLimits() {
            return new CommitLimits(2_048, 1 << 20);
        }

        @Override
        public int commitsInFlight() {
            return 2;
        }

        @Override
        public CompletionStage<Head> acquire(int shard, String owner) {
            return ask(() -> storage.acquire(shard, owner, 1));
        }

        @Override
        public CompletionStage<Head> head(int shard) {
            return ask(() -> storage.head(shard));
        }

        @Override
        public List<CompletionStage<CommitOutcome>> commit(List<Commit> commits) {
            List<CompletionStage<CommitOutcome>> outcomes = new ArrayList<>();
            commits.forEach(commit ->
                    outcomes.add(ask(() -> storage.commit(commit, 1)).exceptionally(CommitOutcome.Unavailable::new)));
            return outcomes;
        }

        @Override
        public CompletionStage<Optional<CounterRow>> read(int shard, Key key) {
            return ask(() -> storage.read(shard, key));
        }

        @Override
        public CompletionStage<List<CounterRow>> scan(int shard, byte[] prefix, @Nullable Key after, int limit) {
            return ask(() -> storage.scan(shard, prefix, after, limit));
        }

        @Override
        public CompletionStage<List<IdentityRow>> identities(int shard, @Nullable IdentityId after, int limit) {
            return ask(() -> storage.identities(shard, after, limit));
        }

        @Override
        public void close() {
            synchronized (storage) {
                closed = true;
            }
        }
    }
}
