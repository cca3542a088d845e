package dev.odometer.engine;

import dev.odometer.engine.model.Key;
import dev.odometer.engine.model.KeyHash;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A counter in memory: its committed state, and the state after the operations that wait for a commit. Only the
 * engine's thread.
 */
final class Counter {
    final Key key;

    /**
     * The key's hash, length and first 16 bytes again, steps of memory nearer: every search of the table compares
     * them.
     */
    private final long hash;

    private final int length;
    private final long firstWord;
    private final long secondWord;

    /** The committed state. */
    boolean present;

    long value;
    long createdMillis;

    /** The state after all operations applied so far; the same as the committed one while {@link #uncommitted} is 0. */
    boolean latestPresent;

    long latestValue;
    long latestCreatedMillis;

    /** How many groups hold a change of this counter that is not committed. */
    int uncommitted;

    /** The group that took this counter's last change. */
    @Nullable
    Group lastChange;

    /** How many parts of batches hold on to this counter until they can be applied. */
    int pins;

    /** Used since the eviction hand last passed. */
    boolean touched = true;

    /** Whether the committed state is still being read from the store. */
    boolean loading = true;

    private @Nullable List<Waiter> waiters;

    Counter(Key key) {
        this.key = key;
        this.hash = key.hash();
        byte[] bytes = key.bytes();
        this.length = bytes.length;
        this.firstWord = KeyHash.word(bytes, 0, length);
        this.secondWord = KeyHash.word(bytes, Long.BYTES, length);
    }

    boolean is(byte[] other, int offset, int otherLength, long otherHash) {
        return hash == otherHash
                && length == otherLength
                && firstWord == KeyHash.word(other, offset, offset + length)
                && secondWord == KeyHash.word(other, offset + Long.BYTES, offset + length)
                && (length <= 2 * Long.BYTES || key.is(other, offset, length));
    }

    long hash() {
        return hash;
    }

    /** Goes on when a counter's state has been loaded, or could not be. */
    interface Waiter {
        void loaded(boolean available);
    }

    boolean isEvictable() {
        return uncommitted == 0 && pins == 0 && !loading;
    }

    void await(Waiter waiter) {
        if (waiters == null) {
            waiters = new ArrayList<>(2);
        }
        waiters.add(waiter);
    }

    /** The waiters, in order of arrival; forgets them. */
    List<Waiter> takeWaiters() {
        List<Waiter> taken = waiters == null ? List.of() : waiters;
        waiters = null;
        return taken;
    }

    void becomeCommitted(boolean nowPresent, long nowValue, long nowCreatedMillis) {
        present = nowPresent;
        value = nowValue;
        createdMillis = nowCreatedMillis;
    }

    /** Forgets what was not committed. */
    void rollBack() {
        latestPresent = present;
        latestValue = value;
        latestCreatedMillis = createdMillis;
        uncommitted = 0;
        lastChange = null;
    }
}
