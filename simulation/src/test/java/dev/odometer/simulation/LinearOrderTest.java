package dev.odometer.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.odometer.engine.Outcome;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.model.Operation;
import org.junit.jupiter.api.Test;

class LinearOrderTest {
    private final CounterHistory counter = new CounterHistory(0, Key.of("k"), false);
    private int operations;

    @Test
    void answersThatFitOneOrderAreAccepted() {
        ClientOperation one = start(add());
        ClientOperation two = start(add());
        commit(5);
        answer(two, Outcome.VALUE, 4);
        answer(one, Outcome.VALUE, 5);
        assertThat(failure()).isNull();
    }

    @Test
    void twoOperationsThatBothClaimToBeFirstAreNot() {
        ClientOperation one = start(add());
        ClientOperation two = start(add());
        commit(5);
        answer(two, Outcome.VALUE, 4);
        answer(one, Outcome.VALUE, 1);
        assertThat(failure()).contains("no order");
    }

    @Test
    void anAnswerBeforeTheCommitIsNoticed() {
        ClientOperation one = start(add());
        answer(one, Outcome.VALUE, 1);
        commit(1);
        assertThat(failure()).contains("must be in");
    }

    @Test
    void anAnsweredOperationThatIsLostIsNoticed() {
        ClientOperation one = start(add());
        commit(1);
        answer(one, Outcome.VALUE, 1);
        start(add());
        commit(4);
        assertThat(failure()).contains("no order");
    }

    @Test
    void anOperationInDoubtMayTakeEffectAtAnyTimeOrNever() {
        ClientOperation doubtful = start(add());
        start(add());
        ClientOperation two = start(add());
        commit(16);
        answer(two, Outcome.VALUE, 16);
        commit(17);
        assertThat(doubtful.isDecided()).isFalse();
        assertThat(failure()).isNull();
    }

    @Test
    void anOperationThatWasRefusedMayNot() {
        ClientOperation refused = start(add());
        refused.unanswered = 0;
        assertThat(counter.committed(1, 1)).contains("refused");
    }

    @Test
    void anOperationThatIsCountedTwiceIsNoticed() {
        start(add());
        assertThat(counter.committed(2, 1)).contains("more than once");
    }

    @Test
    void whatWasRemovedMayNotComeBack() {
        start(add());
        ClientOperation delete =
                start(ClientOperation.withoutDigit(operations++, new Operation.Delete(counter.key), counter));
        commit(1);
        commit(Model.ABSENT);
        answer(delete, Outcome.DELETED, 1);
        assertThat(counter.committed(1, 3)).contains("again");
    }

    @Test
    void statesInsideOneCommitAreFollowed() {
        ClientOperation one = start(add());
        ClientOperation delete =
                start(ClientOperation.withoutDigit(operations++, new Operation.Delete(counter.key), counter));
        ClientOperation two = start(add());
        commit(4);
        answer(one, Outcome.VALUE, 1);
        answer(delete, Outcome.DELETED, 1);
        answer(two, Outcome.VALUE, 4);
        assertThat(failure()).isNull();
    }

    private String failure() {
        return LinearOrder.check(counter).failure();
    }

    private ClientOperation add() {
        Operation operation = new Operation.Add(counter.key, counter.nextUnit());
        ClientOperation add = new ClientOperation(operations++, operation, counter, counter.takeDigit());
        counter.owns(add);
        return add;
    }

    private ClientOperation start(ClientOperation operation) {
        counter.started(operation);
        operation.deliveries++;
        operation.unanswered++;
        return operation;
    }

    private void commit(long state) {
        assertThat(counter.committed(state, 1)).isEmpty();
    }

    private void answer(ClientOperation operation, Outcome outcome, long value) {
        operation.unanswered--;
        operation.outcome = outcome;
        operation.value = value;
        counter.answered(operation);
    }
}
