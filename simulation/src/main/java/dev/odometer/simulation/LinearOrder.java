package dev.odometer.simulation;

import dev.odometer.engine.Outcome;
import dev.odometer.engine.model.Operation;
import dev.odometer.simulation.CounterHistory.Event;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks for one order of a counter's operations that explains all: every stored state, and every answer. An
 * operation that was answered must take effect, once, after its first delivery and before its answer, and its
 * answer must be what {@link Model} says at that place; one in doubt may take effect, once; one that was refused
 * must not. If there is no such order, the engine has lost an operation, counted one twice, acknowledged one too
 * early, or answered wrongly.
 *
 * <p>The search keeps all explanations that still hold: pairs of the counter's state and of the open operations
 * that have taken effect. From one stored state to the next each of them is driven through every sequence of open
 * operations. Since each value names the operations in it ({@link Digits}), very few sequences are possible, and
 * the search stays small.
 */
final class LinearOrder {
    /** The search is given up beyond this many steps for one stored state; the world counts how often that happens. */
    private static final int MAX_STEPS = 200_000;

    private final CounterHistory counter;
    private final @Nullable ClientOperation[] open = new ClientOperation[Long.SIZE];
    private Set<Explanation> explanations = new HashSet<>();
    private long required;

    private LinearOrder(CounterHistory counter) {
        this.counter = counter;
        explanations.add(new Explanation(Model.ABSENT, 0));
    }

    /** A state, and which of the open operations have taken effect. */
    private record Explanation(long state, long done) {}

    /** What came of the search. */
    record Verdict(@Nullable String failure, boolean gaveUp) {}

    static Verdict check(CounterHistory counter) {
        return new LinearOrder(counter).search();
    }

    private Verdict search() {
        List<Event> events = counter.events;
        for (int i = 0; i < events.size(); i++) {
            Event event = events.get(i);
            if (event instanceof Event.Started started) {
                ClientOperation operation = started.operation();
                boolean counts = operation.ordered && operation.mayHaveTakenEffect();
                if (counts && operation.startsAt == i && !begin(operation)) {
                    return new Verdict(null, true);
                }
            } else if (event instanceof Event.Answered answered) {
                require(answered.operation());
            } else if (event instanceof Event.Stored stored) {
                Set<Explanation> next = explain(stored.state());
                if (next == null) {
                    return new Verdict(null, true);
                }
                if (next.isEmpty()) {
                    return new Verdict(failure(stored.state()), false);
                }
                explanations = next;
                forgetRequired();
            }
        }
        return new Verdict(null, false);
    }

    private boolean begin(ClientOperation operation) {
        for (int slot = 0; slot < open.length; slot++) {
            if (open[slot] == null) {
                open[slot] = operation;
                return true;
            }
        }
        return false;
    }

    private void require(ClientOperation operation) {
        for (int slot = 0; slot < open.length; slot++) {
            if (open[slot] == operation) {
                required |= 1L << slot;
            }
        }
    }

    /** What was required has happened in all explanations that are left. */
    private void forgetRequired() {
        if (required == 0) {
            return;
        }
        Set<Explanation> shorter = new HashSet<>();
        for (Explanation explanation : explanations) {
            shorter.add(new Explanation(explanation.state(), explanation.done() & ~required));
        }
        explanations = shorter;
        for (int slot = 0; slot < open.length; slot++) {
            if ((required & (1L << slot)) != 0) {
                open[slot] = null;
            }
        }
        required = 0;
    }

    /** All explanations of this stored state; null where the search is given up. */
    private @Nullable Set<Explanation> explain(long stored) {
        long interesting = interesting(stored);
        Set<Explanation> seen = new HashSet<>();
        Set<Explanation> found = new HashSet<>();
        Deque<Explanation> agenda = new ArrayDeque<>();
        explanations.forEach(explanation -> add(explanation, seen, agenda));
        int steps = 0;
        while (!agenda.isEmpty()) {
            if (++steps > MAX_STEPS) {
                return null;
            }
            Explanation explanation = agenda.pop();
            if (explanation.state() == stored && (explanation.done() & required) == required) {
                found.add(explanation);
            }
            for (int slot = 0; slot < open.length; slot++) {
                ClientOperation operation = open[slot];
                if (operation != null && (explanation.done() & (1L << slot)) == 0) {
                    tryNext(explanation, slot, operation, interesting, seen, agenda);
                }
            }
        }
        return found;
    }

    private void tryNext(
            Explanation explanation,
            int slot,
            ClientOperation operation,
            long interesting,
            Set<Explanation> seen,
            Deque<Explanation> agenda) {
        Model.Effect effect = Model.apply(operation.operation, explanation.state());
        if (operation.isDecided()) {
            if (effect.outcome() != operation.outcome || effect.value() != operation.value) {
                return;
            }
        } else if (effect.after() == explanation.state()
                || (operation.digit >= 0
                        && !Digits.has(interesting, operation.digit)
                        && explanation.state() != Model.ABSENT)) {
            return; // nobody would see it, nor that it made the counter exist: it may as well take effect later
        }
        add(new Explanation(effect.after(), explanation.done() | (1L << slot)), seen, agenda);
    }

    /**
     * Pushes an explanation, after the open operations that are bound to be answered so at this state and change
     * nothing.
     */
    private void add(Explanation explanation, Set<Explanation> seen, Deque<Explanation> agenda) {
        long done = explanation.done();
        for (int slot = 0; slot < open.length; slot++) {
            ClientOperation operation = open[slot];
            if (operation != null && operation.isDecided() && (done & (1L << slot)) == 0) {
                Model.Effect effect = Model.apply(operation.operation, explanation.state());
                if (effect.after() == explanation.state()
                        && effect.outcome() == operation.outcome
                        && effect.value() == operation.value) {
                    done |= 1L << slot;
                }
            }
        }
        Explanation whole = done == explanation.done() ? explanation : new Explanation(explanation.state(), done);
        if (seen.add(whole)) {
            agenda.push(whole);
        }
    }

    /** The digits that somebody can see: in the stored state, or in the answers of open operations. */
    private long interesting(long stored) {
        long digits = Digits.of(stored, counter.negative);
        for (ClientOperation operation : open) {
            if (operation != null && operation.isDecided()) {
                digits |= Math.max(0, Digits.of(operation.value, counter.negative));
            }
        }
        return digits;
    }

    private String failure(long stored) {
        StringBuilder text = new StringBuilder("no order of the operations on ").append(counter.key);
        text.append(" explains the stored state ").append(text(stored)).append("; before it: ");
        explanations.forEach(
                explanation -> text.append(text(explanation.state())).append(' '));
        List<String> operations = new ArrayList<>();
        for (int slot = 0; slot < open.length; slot++) {
            ClientOperation operation = open[slot];
            if (operation != null) {
                boolean must = (required & (1L << slot)) != 0;
                operations.add((must ? "\n    must be in: " : "\n    open: ") + operation);
            }
        }
        operations.forEach(text::append);
        return text.toString();
    }

    private String text(long state) {
        return state == Model.ABSENT
                ? "absent"
                : state + " (base 4: " + Long.toString(Digits.of(state, counter.negative), 4) + ")";
    }

    /** Whether an answer left the counter as it was. */
    static boolean changedNothing(Operation operation, Outcome outcome) {
        if (operation instanceof Operation.Get) {
            return true;
        }
        if (operation instanceof Operation.Set set && set.answersPrevious()) {
            return switch (set.condition()) {
                case ALWAYS -> false;
                case IF_ABSENT -> outcome == Outcome.VALUE;
                case IF_PRESENT -> outcome == Outcome.ABSENT;
            };
        }
        return outcome == Outcome.NOT_APPLIED
                || outcome == Outcome.OVERFLOW
                || (outcome == Outcome.ABSENT && operation instanceof Operation.Delete);
    }
}
