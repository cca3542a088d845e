package dev.odometer.engine.store;

import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.model.Key;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Where shards live. This is a durability contract: the engine acknowledges nothing that it does not promise, and
 * {@code StoreCompatibilityKit} in the testkit checks every word of it.
 *
 * <p>A shard is a {@link Head}, counter rows and identity rows. The store guards each shard by its head: whoever
 * writes must know the
 * stored epoch and sequence, so that an owner that has been replaced can change nothing, whatever its clock or
 * network does.
 *
 * <p>Stages may complete on any thread, also before the method returns. All failures of stages are {@link
 * StoreException}s. After
 * {@link StoreException.Damaged} the caller must stop using the store. Calls for one shard are made by one thread at
 * a time; calls for
 * different shards may be concurrent where the caller uses several threads. A call never blocks for the network; the
 * embedded store may
 * block for its disk.
 */
public interface Store extends AutoCloseable {
    /**
     * The number of shards, fixed when the store was created; from 1 to {@link
     * dev.odometer.engine.model.Limits#MAX_SHARDS}.
     */
    int shards();

    /** What one commit may hold at most. The engine splits larger groups. */
    CommitLimits commitLimits();

    /**
     * How many commits of one shard may be submitted before the first of them is answered; at least 1.
     *
     * <p>A store that returns more than 1 promises order: commits of a shard are decided in the order of their
     * submission, a later one
     * expects the sequence that the earlier one would leave, and none is ever durable without all before it, also
     * after a crash.
     */
    int commitsInFlight();

    /**
     * Makes {@code owner} the owner of a shard: raises the stored epoch by at least one, conditionally, creating the
     * head where it is
     * absent, and returns the head as it now is.
     *
     * <p>When the stage completes, the new epoch is durable, every commit under an older epoch that had taken effect
     * is in the head and
     * in the rows, and none that had not will ever take effect. Two callers never get the same epoch. If it fails the
     * epoch may or may
     * not have been raised; calling again is always safe.
     */
    CompletionStage<Head> acquire(int shard, String owner);

    /**
     * The stored head: at least as new as any acquisition or commit that completed before the call. Changes nothing.
     */
    CompletionStage<Head> head(int shard);

    /**
     * Submits commits of different shards (one a shard), which the store may write together, and returns a stage for
     * each, in order; one
     * stage may stand for several commits that share its outcome. Each commit is decided by itself. The stages never
     * fail: what goes wrong
     * is a {@link CommitOutcome}.
     *
     * <p>When a stage completes with {@link CommitOutcome.Committed}, the whole commit is durable and {@link #read},
     * {@link #scan} and
     * {@link #identities} show it from then on, also after a crash. No reader sees a part of a commit, nor one that
     * may still be undone.
     * Submitting an identical commit again applies it at most once.
     */
    List<CompletionStage<CommitOutcome>> commit(List<Commit> commits);

    /** Reads a counter as of all commits that completed before the call; empty where it is absent. */
    CompletionStage<Optional<CounterRow>> read(int shard, Key key);

    /**
     * Reads counters of a shard in key order: those that start with {@code prefix} (maybe empty) and come after
     * {@code after}, at most
     * {@code limit}. A result shorter than {@code limit} is the last. Shows all commits that completed before the
     * call; of later ones
     * each counter shows some committed state.
     */
    CompletionStage<List<CounterRow>> scan(int shard, byte[] prefix, @Nullable Key after, int limit);

    /**
     * Reads identity rows of a shard in the order of their ids, after {@code after}, at most {@code limit}; see
     * {@link #scan}.
     */
    CompletionStage<List<IdentityRow>> identities(int shard, @Nullable IdentityId after, int limit);

    /**
     * Releases what the store holds. What was committed stays. Commits in flight complete or become unknown.
     * Idempotent.
     */
    @Override
    void close();

    /**
     * The bounds of one commit.
     *
     * @param maxRows the most counter and identity rows together; at least 2,048, so that a full batch fits in one
     *     shard's commit
     * @param maxBytes the most bytes, counted as {@link #ROW_OVERHEAD} a row plus keys and answers; at least 1 MiB
     */
    record CommitLimits(int maxRows, int maxBytes) {
        /** What a row counts for beside its key or answers, in bytes. */
        public static final int ROW_OVERHEAD = 64;

        /** Checks the bounds. */
        public CommitLimits {
            if (maxRows < 2_048 || maxBytes < 1 << 20) {
                throw new IllegalArgumentException(
                        "commit limits too small: " + maxRows + " rows, " + maxBytes + " bytes");
            }
        }
    }
}
