package dev.odometer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.odometer.engine.membership.Member;
import dev.odometer.engine.membership.Membership;
import dev.odometer.engine.membership.MembershipView;
import dev.odometer.engine.membership.MembershipView.State;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class TenureTest {
    private static final long TIMEOUT = 2_000_000_000L;

    private final Confirmed membership = new Confirmed();
    private long now = 1_000;
    private final Tenure tenure = new Tenure(membership, () -> now);

    @Test
    void a_node_that_has_not_joined_knows_nothing() {
        assertThat(tenure.sinceNanos()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void while_the_session_is_confirmed_in_time_it_goes_back_to_the_first_time() {
        membership.confirmedNanos = now;
        long since = tenure.sinceNanos();
        for (int i = 0; i < 10; i++) {
            now += TIMEOUT / 2;
            membership.confirmedNanos = now;
            assertThat(tenure.sinceNanos()).isEqualTo(since);
        }
    }

    @Test
    void a_session_that_is_confirmed_too_late_begins_anew() {
        membership.confirmedNanos = now;
        tenure.sinceNanos();
        now += TIMEOUT;
        assertThat(tenure.sinceNanos()).isEqualTo(Long.MAX_VALUE);
        membership.confirmedNanos = now;
        assertThat(tenure.sinceNanos()).isEqualTo(now);
    }

    @Test
    void a_pause_that_nobody_looked_into_is_found_by_its_length() {
        membership.confirmedNanos = now;
        tenure.sinceNanos();
        now += 10 * TIMEOUT;
        membership.confirmedNanos = now; // it woke up, and has joined again, before anybody asked
        assertThat(tenure.sinceNanos()).isEqualTo(now);
    }

    @Test
    void a_session_that_was_lost_at_once_counts_no_more_however_fresh_its_confirmation_is() {
        membership.confirmedNanos = now;
        tenure.sinceNanos();
        now += 1_000;
        tenure.update(new MembershipView(List.of(), State.LOST));
        assertThat(tenure.sinceNanos()).isEqualTo(Long.MAX_VALUE);
        now += 1_000;
        membership.confirmedNanos = now;
        tenure.update(new MembershipView(List.of(), State.JOINED));
        assertThat(tenure.sinceNanos()).isEqualTo(now);
    }

    private static final class Confirmed implements Membership {
        private long confirmedNanos = Long.MIN_VALUE;

        @Override
        public long confirmedNanos() {
            return confirmedNanos;
        }

        @Override
        public long sessionTimeoutMillis() {
            return TIMEOUT / 1_000_000;
        }

        @Override
        public CompletionStage<Void> join(Member self) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public MembershipView view() {
            return new MembershipView(List.of(), State.JOINED);
        }

        @Override
        public void listen(Consumer<MembershipView> listener) {}

        @Override
        public CompletionStage<Void> leave() {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void close() {}
    }
}
