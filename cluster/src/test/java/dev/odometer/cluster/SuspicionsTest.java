package dev.odometer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.odometer.engine.membership.Member;
import dev.odometer.engine.membership.MembershipView;
import dev.odometer.engine.membership.MembershipView.State;
import java.util.List;
import org.junit.jupiter.api.Test;

class SuspicionsTest {
    private static final long TIMEOUT_MILLIS = 1_000;

    private final Member self = member("self", "1");
    private final Assignment assignment = new Assignment(self, 4);
    private long now;
    private final Suspicions suspicions = new Suspicions(assignment, () -> now, () -> TIMEOUT_MILLIS);

    private static Member member(String name, String incarnation) {
        return new Member(name, incarnation, name + ":1", "", "", "test", 0);
    }

    private void see(Member other) {
        assignment.update(new MembershipView(List.of(self, other), State.JOINED));
    }

    @Test
    void a_member_that_is_reached_is_suspected_no_more() {
        Member other = member("other", "1");
        see(other);
        suspicions.nobodyThere(other);
        assertThat(assignment.isSuspected("other")).isTrue();
        suspicions.reached(other);
        assertThat(assignment.isSuspected("other")).isFalse();
    }

    @Test
    void a_late_word_about_the_process_before_does_not_keep_a_suspicion_for_ever() {
        Member before = member("other", "1");
        Member after = member("other", "2");
        see(before);
        see(after);
        suspicions.nobodyThere(after);
        suspicions.nobodyThere(before);
        assertThat(assignment.isSuspected("other")).isTrue();
        suspicions.reached(after);
        assertThat(assignment.isSuspected("other")).isFalse();
    }

    @Test
    void a_suspicion_that_outlives_the_session_was_wrong() {
        Member other = member("other", "1");
        see(other);
        suspicions.nobodyThere(other);
        now += 3 * TIMEOUT_MILLIS * 1_000_000;
        suspicions.review();
        assertThat(assignment.isSuspected("other")).isFalse();
    }
}
