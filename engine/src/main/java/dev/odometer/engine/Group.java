package dev.odometer.engine;

import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CommitOutcome;
import dev.odometer.engine.store.CounterChange;
import dev.odometer.engine.store.IdentityRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The operations that one commit will answer: filled while it is the shard's open group, then closed (its changes are
 * frozen), submitted,
 * and answered. Answers that depend on its changes but change nothing may still join until it is answered. Only the
 * engine's thread.
 */
final class Group {
    final List<Counter> changed = new ArrayList<>();
    final List<IdentitySlot> remembered = new ArrayList<>();
    final List<IdentitySlot> forgotten = new ArrayList<>();
    int bytes;

    /** How many counters the shard holds after it; set when the group is closed. */
    long counters;

    /** Set when the group is closed. */
    List<CounterChange> changes = List.of();

    /** Set when it is submitted; the same object is resubmitted. */
    @Nullable
    Commit commit;

    long submittedNanos;
    int attempts;

    /** Whether a submission of it ended with nobody knowing. */
    boolean everInDoubt;

    /** What the store said; handled when all earlier groups are done. */
    @Nullable
    CommitOutcome outcome;

    boolean answeredEarly;

    private int size;
    private AnswerSink[] sinks = new AnswerSink[16];
    private long[] tokens = new long[16];
    private long[] values = new long[16];
    private Outcome[] outcomes = new Outcome[16];
    private boolean[] replays = new boolean[16];

    int size() {
        return size;
    }

    int rows() {
        return changed.size() + remembered.size() + forgotten.size();
    }

    /** Whether it holds nothing to write. */
    boolean isReadOnly() {
        return rows() == 0;
    }

    void answer(AnswerSink sink, long token, Outcome outcome, long value, boolean replayed) {
        if (size == tokens.length) {
            int larger = size * 2;
            sinks = Arrays.copyOf(sinks, larger);
            tokens = Arrays.copyOf(tokens, larger);
            values = Arrays.copyOf(values, larger);
            outcomes = Arrays.copyOf(outcomes, larger);
            replays = Arrays.copyOf(replays, larger);
        }
        sinks[size] = sink;
        tokens[size] = token;
        values[size] = value;
        outcomes[size] = outcome;
        replays[size++] = replayed;
    }

    /** Freezes what the commit will write. */
    void close() {
        List<CounterChange> frozen = new ArrayList<>(changed.size());
        for (int i = 0; i < changed.size(); i++) {
            Counter counter = changed.get(i);
            frozen.add(new CounterChange(
                    counter.key, counter.latestValue, counter.latestCreatedMillis, !counter.latestPresent));
        }
        changes = frozen;
    }

    List<IdentityId> forgottenIds() {
        if (forgotten.isEmpty()) {
            return List.of();
        }
        List<IdentityId> ids = new ArrayList<>(forgotten.size());
        forgotten.forEach(slot -> ids.add(slot.id));
        return ids;
    }

    List<IdentityRow> rememberedRows() {
        if (remembered.isEmpty()) {
            return List.of();
        }
        List<IdentityRow> rows = new ArrayList<>(remembered.size());
        remembered.forEach(slot -> rows.add(slot.pendingRow()));
        return rows;
    }

    /** Gives every operation the answer that it was promised. */
    void answerAll() {
        for (int i = 0; i < size; i++) {
            sinks[i].answered(tokens[i], outcomes[i], values[i], replays[i]);
        }
    }

    /** Tells every operation that it failed. */
    void refuseAll(Outcome outcome) {
        for (int i = 0; i < size; i++) {
            sinks[i].answered(tokens[i], outcome, 0, false);
        }
    }

    /** Makes the group as new. Nobody may hold on to it. */
    void reset() {
        changed.clear();
        remembered.clear();
        forgotten.clear();
        bytes = 0;
        changes = List.of();
        commit = null;
        attempts = 0;
        everInDoubt = false;
        outcome = null;
        answeredEarly = false;
        Arrays.fill(sinks, 0, size, null);
        size = 0;
    }
}
