package dev.odometer.engine.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.odometer.engine.membership.MembershipView.State;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StandaloneMembershipTest {
    private final Member self = new Member("n1", "i1", "h:1", "", "", "v", 0);
    private long now = -5;
    private final StandaloneMembership membership = new StandaloneMembership(Runnable::run, () -> now);

    @Test
    void it_is_its_own_only_member_and_joined_whatever_time_passes() {
        assertThat(membership.view()).isEqualTo(new MembershipView(List.of(), State.JOINING));
        assertThat(membership.confirmedNanos()).isEqualTo(Long.MIN_VALUE);
        assertThat(membership.join(self)).isCompleted();
        now += 1L << 60;
        assertThat(membership.view()).isEqualTo(new MembershipView(List.of(self), State.JOINED));
        assertThat(membership.confirmedNanos()).isEqualTo(now);
    }

    @Test
    void listeners_are_told_at_once_and_of_each_change() {
        List<State> told = new ArrayList<>();
        membership.listen(view -> told.add(view.state()));
        membership.join(self);
        assertThat(membership.leave()).isCompleted();
        membership.close();
        assertThat(told).containsExactly(State.JOINING, State.JOINED, State.LEFT);
    }

    @Test
    void it_joins_once() {
        membership.join(self);
        assertThatThrownBy(() -> membership.join(self)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void after_it_has_left_it_does_not_join() {
        membership.leave();
        assertThat(membership.join(self)).isCompletedExceptionally();
        assertThat(membership.view().state()).isEqualTo(State.LEFT);
    }

    @Test
    void a_view_has_each_name_once_and_in_order() {
        Member other = new Member("a0", "i2", "h:2", "", "", "v", 0);
        assertThat(new MembershipView(List.of(self, other), State.JOINED).members())
                .containsExactly(other, self);
        assertThatThrownBy(() -> new MembershipView(List.of(self, self), State.JOINED))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
