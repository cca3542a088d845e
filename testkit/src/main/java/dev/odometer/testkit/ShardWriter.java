package dev.odometer.testkit;

import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.BatchId;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CommitOutcome;
import dev.odometer.engine.store.CounterChange;
import dev.odometer.engine.store.Head;
import dev.odometer.engine.store.IdentityRow;
import dev.odometer.engine.store.Store;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Writes to one shard of a store as an owner would: acquires it, numbers its commits and counts its counters. Not
 * thread-safe.
 */
public final class ShardWriter {
    private static final int MAX_TRIES = 10;

    private final Store store;
    private final int shard;
    private final Set<Key> keys = new HashSet<>();
    private Head head;
    private long nextBatch = 1;

    private ShardWriter(Store store, int shard, Head head) {
        this.store = store;
        this.shard = shard;
        this.head = head;
    }

    /** Acquires a shard that holds no counters, for a node of this name. */
    public static ShardWriter acquire(Store store, int shard, String owner) {
        return new ShardWriter(store, shard, Stages.join(store.acquire(shard, owner)));
    }

    /** The head that this writer expects to be stored. */
    public Head head() {
        return head;
    }

    /** The same shard through a store that has been opened again; the shard is acquired again. */
    public ShardWriter on(Store reopened) {
        ShardWriter writer = acquire(reopened, shard, head.owner());
        writer.keys.addAll(keys);
        writer.nextBatch = nextBatch;
        return writer;
    }

    /** The next commit, of these changes alone. */
    public Commit commit(CounterChange... changes) {
        return commit(List.of(changes), List.of(), List.of());
    }

    /** The next commit. What it says of the number of counters follows from all commits made so far. */
    public Commit commit(List<CounterChange> changes, List<IdentityId> forgotten, List<IdentityRow> identities) {
        long counters = keys.size(); // a commit names each key once
        for (CounterChange change : changes) {
            boolean present = keys.contains(change.key());
            if (change.deleted() && present) {
                counters--;
            } else if (!change.deleted() && !present) {
                counters++;
            }
        }
        BatchId batchId = new BatchId(0x5EED_0000L + shard, nextBatch++);
        return new Commit(shard, head.epoch(), head.sequence() + 1, batchId, counters, changes, forgotten, identities);
    }

    /** Takes it that a commit will take effect, so that the next one follows it. */
    public Commit follow(Commit commit) {
        for (CounterChange change : commit.changes()) {
            if (change.deleted()) {
                keys.remove(change.key());
            } else {
                keys.add(change.key());
            }
        }
        head = new Head(shard, head.epoch(), head.owner(), commit.sequence(), commit.batchId(), commit.counters());
        return commit;
    }

    /** Commits these changes and waits until they are durable. */
    public Commit write(CounterChange... changes) {
        return write(commit(changes));
    }

    /** Submits the commit and waits until it is durable; again where the store has no room for it for a while. */
    public Commit write(Commit commit) {
        CommitOutcome outcome = submit(commit);
        for (int tries = 1; outcome instanceof CommitOutcome.Unavailable && tries < MAX_TRIES; tries++) {
            outcome = submit(commit);
        }
        if (!(outcome instanceof CommitOutcome.Committed)) {
            throw new AssertionError("expected the commit to be taken, but it was " + outcome);
        }
        return follow(commit);
    }

    /** Submits a commit and waits for its outcome. */
    public CommitOutcome submit(Commit commit) {
        return Stages.join(store.commit(List.of(commit)).get(0));
    }

    /** A counter's new value. */
    public static CounterChange set(String key, long value) {
        return new CounterChange(Key.of(key), value, 1_700_000_000_000L + value, false);
    }

    /** A counter's removal. */
    public static CounterChange delete(String key) {
        return new CounterChange(Key.of(key), 0, 0, true);
    }

    /** An identity row whose content follows from a number. */
    public static IdentityRow identity(long number, int answerBytes) {
        byte[] answers = new byte[answerBytes];
        Arrays.fill(answers, (byte) number);
        return new IdentityRow(new IdentityId(0, number), number, ~number, 1_700_000_000_000L, 3_600_000, answers);
    }

    /** Changes of {@code count} counters with distinct keys. */
    public static List<CounterChange> many(String prefix, int count) {
        List<CounterChange> changes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            changes.add(set(prefix + i, i));
        }
        return changes;
    }
}
