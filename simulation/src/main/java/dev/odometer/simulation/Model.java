package dev.odometer.simulation;

import dev.odometer.engine.Outcome;
import dev.odometer.engine.model.Operation;

/**
 * What an operation does to a counter, written a second time and as plainly as possible, for the checkers to hold
 * the engine to. A counter's state is its value, or {@link #ABSENT}.
 */
final class Model {
    /** The state of a counter that does not exist; no counter of a simulation ever has this value. */
    static final long ABSENT = Long.MIN_VALUE;

    private Model() {}

    /** An operation's answer, and the state that it leaves. */
    record Effect(Outcome outcome, long value, long after) {}

    static Effect apply(Operation operation, long before) {
        boolean exists = before != ABSENT;
        long value = exists ? before : 0;
        if (operation instanceof Operation.Add add) {
            try {
                long sum = Math.addExact(value, add.delta());
                return new Effect(Outcome.VALUE, sum, sum);
            } catch (ArithmeticException e) {
                return new Effect(Outcome.OVERFLOW, value, before);
            }
        }
        if (operation instanceof Operation.Set set) {
            boolean applies = switch (set.condition()) {
                case ALWAYS -> true;
                case IF_ABSENT -> !exists;
                case IF_PRESENT -> exists;
            };
            long after = applies ? set.value() : before;
            if (set.answersPrevious()) {
                return new Effect(exists ? Outcome.VALUE : Outcome.ABSENT, value, after);
            }
            return applies
                    ? new Effect(Outcome.VALUE, set.value(), after)
                    : new Effect(Outcome.NOT_APPLIED, value, before);
        }
        if (operation instanceof Operation.Delete) {
            return exists ? new Effect(Outcome.DELETED, value, ABSENT) : new Effect(Outcome.ABSENT, 0, before);
        }
        return exists ? new Effect(Outcome.VALUE, value, before) : new Effect(Outcome.ABSENT, 0, before);
    }
}
