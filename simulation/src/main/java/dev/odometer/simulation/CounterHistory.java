package dev.odometer.simulation;

import dev.odometer.engine.model.Key;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The story of one counter: every state that was ever committed, and in between, when operations began and were
 * answered. Checks what can be seen at once; {@link LinearOrder} checks the whole at the end.
 */
final class CounterHistory {
    final int number;
    final Key key;
    final boolean negative;

    /** What happened, in order, for {@link LinearOrder}. */
    final List<Event> events = new ArrayList<>();

    private final List<Long> states = new ArrayList<>();
    private final Map<Long, List<Integer>> indexes = new HashMap<>();
    private final int[] firstSeen = new int[Digits.PER_COUNTER];
    private final ClientOperation[] byDigit = new ClientOperation[Digits.PER_COUNTER];
    private int digitsInUse;
    private long digitsGone;

    /**
     * The latest state that an answered write or linearizable read has shown to anybody, as an index of
     * {@link #states}.
     */
    private int shown;

    CounterHistory(int number, Key key, boolean negative) {
        this.number = number;
        this.key = key;
        this.negative = negative;
        Arrays.fill(firstSeen, -1);
        append(Model.ABSENT);
    }

    /** Something that happened to a counter. */
    sealed interface Event {
        /** From here on the operation may take effect. */
        record Started(ClientOperation operation) implements Event {}

        /** The operation was answered: it has taken effect. */
        record Answered(ClientOperation operation) implements Event {}

        /** This state is the stored one. */
        record Stored(long state) implements Event {}
    }

    boolean hasDigitsLeft() {
        return digitsInUse < Digits.PER_COUNTER;
    }

    /** The number that the next operation with a digit adds or sets. */
    long nextUnit() {
        long unit = Digits.unit(digitsInUse);
        return negative ? -unit : unit;
    }

    int takeDigit() {
        return digitsInUse++;
    }

    void owns(ClientOperation operation) {
        byDigit[operation.digit] = operation;
    }

    long current() {
        return states.get(states.size() - 1);
    }

    int shown() {
        return shown;
    }

    /** Takes a committed state; returns what is wrong with it, or an empty text. */
    String committed(long state, long commit) {
        String wrong = Digits.wrong(state, negative, digitsInUse);
        if (wrong != null) {
            return key + " was committed as " + state + ", which " + wrong;
        }
        long digits = Digits.of(state, negative) & ~Digits.PROBE;
        long back = digits & digitsGone;
        if (back != 0) {
            int digit = Long.numberOfTrailingZeros(back) / 2;
            return key + " was committed as " + state + ", which has again what a set or delete had removed: "
                    + byDigit[digit];
        }
        digitsGone |= Digits.of(current(), negative) & ~Digits.PROBE & ~digits;
        for (long rest = digits; rest != 0; rest &= rest - 1) {
            int digit = Long.numberOfTrailingZeros(rest) / 2;
            if (firstSeen[digit] < 0) {
                firstSeen[digit] = states.size();
                ClientOperation operation = byDigit[digit];
                operation.seenInCommit = commit;
                if (!operation.mayHaveTakenEffect()) {
                    return key + " was committed as " + state
                            + ", which has an operation that was refused or not yet sent: " + operation;
                }
            }
        }
        append(state);
        events.add(new Event.Stored(state));
        return "";
    }

    void started(ClientOperation operation) {
        operation.startsAt = events.size();
        events.add(new Event.Started(operation));
    }

    void answered(ClientOperation operation) {
        events.add(new Event.Answered(operation));
        events.add(new Event.Stored(current()));
        int index = commitOf(operation);
        if (!operation.isRead()) {
            shown = Math.max(shown, index);
        }
    }

    /** The first committed state that has the operation in it, as an index; -1 where none is known. */
    int commitOf(ClientOperation operation) {
        return operation.digit < 0 ? -1 : firstSeen[operation.digit];
    }

    /** The first index, from {@code least} on, at which this state was committed; -1 where there is none. */
    int indexOf(long state, int least) {
        for (int index : indexes.getOrDefault(state, List.of())) {
            if (index >= least) {
                return index;
            }
        }
        return -1;
    }

    /** A linearizable read has shown this state. */
    void show(int index) {
        shown = Math.max(shown, index);
    }

    private void append(long state) {
        indexes.computeIfAbsent(state, s -> new ArrayList<>(1)).add(states.size());
        states.add(state);
    }

    @Override
    public String toString() {
        return key.toString();
    }
}
