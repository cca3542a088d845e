package dev.odometer.simulation;

import dev.odometer.engine.Outcome;
import dev.odometer.engine.model.Operation;
import org.jspecify.annotations.Nullable;

/**
 * One operation that a client wants done, with all that is known about its fate: how often it was handed to an
 * engine, and the first answer of an engine that decided it.
 */
final class ClientOperation {
    private static final int NO_DIGIT = -1;

    final int number;
    final Operation operation;
    final CounterHistory counter;

    /** The digit of the counter's value that is this operation's own; -1 where it has none. */
    final int digit;

    /** Where in the counter's history it can take effect at the earliest. */
    int startsAt = -1;

    /** Deliveries to an engine that have not been answered; those to a process that crashed never will be. */
    int unanswered;

    /** Whether an engine said that nobody knows. */
    boolean inDoubt;

    int deliveries;

    /** Whether its answer must fit the one order of the counter's operations, and not only be some committed state. */
    boolean ordered = true;

    /** The first answer by an engine that decided it; null while there is none. */
    @Nullable
    Outcome outcome;

    long value;

    /** The number, over all shards, of the first commit that shows its digit; -1 while there is none. */
    long seenInCommit = -1;

    /** Whether the first answer, the one that is not a replay, was seen. */
    boolean firstAnswerSeen;

    ClientOperation(int number, Operation operation, CounterHistory counter, int digit) {
        this.number = number;
        this.operation = operation;
        this.counter = counter;
        this.digit = digit;
    }

    static ClientOperation withoutDigit(int number, Operation operation, CounterHistory counter) {
        return new ClientOperation(number, operation, counter, NO_DIGIT);
    }

    boolean isDecided() {
        return outcome != null;
    }

    boolean isRead() {
        return operation instanceof Operation.Get;
    }

    /** Whether it may be in the counter's value without having been answered. */
    boolean mayHaveTakenEffect() {
        return isDecided() || inDoubt || unanswered > 0;
    }

    @Override
    public String toString() {
        String fate = isDecided()
                ? "answered " + outcome + " " + value
                : mayHaveTakenEffect() ? "in doubt" : deliveries == 0 ? "never delivered" : "refused";
        return "#" + number + " " + operation + " (" + fate + ")";
    }
}
