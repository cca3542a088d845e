package dev.odometer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BatchCallTest {
    private final BatchCall call = new BatchCall(2, 0, true);

    private Outcome refusal() {
        return call.future.join().refusal();
    }

    @Test
    void a_batch_that_was_applied_in_part_is_not_called_expired_although_another_owner_says_so() {
        call.answered(0, Outcome.VALUE, 1, false);
        call.answered(1, Outcome.EXPIRED, 0, false);
        assertThat(refusal()).isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void a_batch_of_which_the_rest_has_expired_changes_nothing_and_is_told_so() {
        call.answered(0, Outcome.VALUE, 1, true);
        call.answered(1, Outcome.EXPIRED, 0, false);
        assertThat(refusal()).isEqualTo(Outcome.EXPIRED);
    }

    @Test
    void a_batch_that_was_replayed_in_part_may_be_completed_by_a_retry() {
        call.answered(0, Outcome.VALUE, 1, true);
        call.answered(1, Outcome.UNAVAILABLE, 0, false);
        assertThat(refusal()).isEqualTo(Outcome.UNKNOWN);
    }
}
