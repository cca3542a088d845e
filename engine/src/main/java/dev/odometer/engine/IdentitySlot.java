package dev.odometer.engine;

import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.store.IdentityRow;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The memory of one identity in one shard: the committed row, and the one that waits for a commit. Only the engine's
 * thread.
 */
final class IdentitySlot {
    final IdentityId id;
    final int shard;

    /** The next slot of the same identity, in another shard. */
    @Nullable
    IdentitySlot next;

    /** When the window looks at this slot again. */
    long checkMillis;

    /** What it takes of the window's capacity. */
    int weight;

    /** Whether a group that waits removes the committed row. */
    boolean forgetting;

    private @Nullable IdentityRow committed;
    private @Nullable IdentityRow pending;

    IdentitySlot(IdentityId id, int shard) {
        this.id = id;
        this.shard = shard;
    }

    /** The row as of all operations applied so far. */
    @Nullable
    IdentityRow latest() {
        return pending != null ? pending : forgetting ? null : committed;
    }

    IdentityRow pendingRow() {
        return Objects.requireNonNull(pending);
    }

    int mostAnswers() {
        int waiting = pending == null ? 0 : RecordedAnswers.count(pending.answers());
        return committed == null ? waiting : Math.max(waiting, RecordedAnswers.count(committed.answers()));
    }

    boolean isPending() {
        return pending != null;
    }

    boolean isEmpty() {
        return pending == null && committed == null;
    }

    void put(IdentityRow row) {
        if (pending != null) {
            throw new IllegalStateException("an identity has two rows that wait");
        }
        pending = row;
    }

    void load(IdentityRow row) {
        committed = row;
    }

    void rememberCommitted() {
        committed = pending;
        pending = null;
    }

    void forgetCommitted() {
        committed = null;
        forgetting = false;
    }

    void rollBackPut() {
        pending = null;
    }

    void rollBackForget() {
        forgetting = false;
    }
}
