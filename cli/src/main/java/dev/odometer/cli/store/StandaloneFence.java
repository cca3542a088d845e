package dev.odometer.cli.store;

import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CommitOutcome;
import dev.odometer.engine.store.CounterRow;
import dev.odometer.engine.store.Head;
import dev.odometer.engine.store.IdentityRow;
import dev.odometer.engine.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Around a store that other processes can reach too, for a server that serves all of it alone. The store itself refuses
 * a server that was replaced; this tells that server, so that it ends instead of taking the shards back, and the other
 * one again, for ever. Commits that are refused tell at once; so that an idle one learns of it as well, and stops
 * answering reads with what was, the heads are looked at once a second.
 *
 * <p>Thread-safe.
 */
final class StandaloneFence implements Store {
    private static final long LOOK_MILLIS = 1_000;

    /** Heads that are looked at in one round; of a store with more shards, all in several rounds. */
    private static final int LOOKS = 64;

    private final Store store;
    private final Consumer<FencedException> fenced;
    private final Own[] own;
    private final AtomicBoolean told = new AtomicBoolean();
    private final ScheduledExecutorService looking;
    private int next; // only the looking thread

    /** What this server knows of its ownership of one shard. */
    private static final class Own {
        private long epoch; // this and all below guarded by this
        private int acquiring;
        private long acquisitions;

        synchronized void begin() {
            acquiring++;
            acquisitions++;
        }

        synchronized void end(@Nullable Head head) {
            acquiring--;
            if (head != null) {
                epoch = Math.max(epoch, head.epoch());
            }
        }

        synchronized long acquisitions() {
            return acquisitions;
        }

        /** Whether a head that was asked for after so many acquisitions is another's. */
        synchronized boolean isAnothers(Head head, long asked) {
            return acquiring == 0 && asked == acquisitions && epoch > 0 && head.epoch() > epoch;
        }
    }

    StandaloneFence(Store store, Consumer<FencedException> fenced) {
        this(store, fenced, LOOK_MILLIS);
    }

    StandaloneFence(Store store, Consumer<FencedException> fenced, long lookMillis) {
        this.store = store;
        this.fenced = fenced;
        this.own = new Own[store.shards()];
        for (int shard = 0; shard < own.length; shard++) {
            own[shard] = new Own();
        }
        looking = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "odometer-fence");
            thread.setDaemon(true);
            return thread;
        });
        var unused = looking.scheduleWithFixedDelay(this::look, lookMillis, lookMillis, TimeUnit.MILLISECONDS);
    }

    private void look() {
        for (int i = 0; i < Math.min(LOOKS, own.length); i++) {
            head(next);
            next = (next + 1) % own.length;
        }
    }

    private void judge(Head head, long asked) {
        if (own[head.shard()].isAnothers(head, asked) && told.compareAndSet(false, true)) {
            fenced.accept(new FencedException("another server, '" + head.owner() + "', has taken over shard "
                    + head.shard() + " (epoch " + head.epoch()
                    + "): this one ends, so that the two do not take the shards"
                    + " from each other for ever. What was acknowledged is kept. Run one server on a store"));
        }
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
        own[shard].begin();
        // Noted before anyone who waits for the stage can act on it.
        return store.acquire(shard, owner).whenComplete((head, failure) -> own[shard].end(head));
    }

    @Override
    public CompletionStage<Head> head(int shard) {
        long asked = own[shard].acquisitions();
        return store.head(shard).whenComplete((head, failure) -> {
            if (head != null) {
                judge(head, asked);
            }
        });
    }

    @Override
    public List<CompletionStage<CommitOutcome>> commit(List<Commit> commits) {
        long[] asked = commits.stream()
                .mapToLong(commit -> own[commit.shard()].acquisitions())
                .toArray();
        List<CompletionStage<CommitOutcome>> stages = store.commit(commits);
        List<CompletionStage<CommitOutcome>> judged = new ArrayList<>(stages.size());
        for (int i = 0; i < stages.size(); i++) {
            long then = asked[i];
            judged.add(stages.get(i).whenComplete((outcome, failure) -> {
                if (outcome instanceof CommitOutcome.Refused refused) {
                    judge(refused.current(), then);
                }
            }));
        }
        return judged;
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
        looking.shutdownNow();
        store.close();
    }
}
