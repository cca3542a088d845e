package dev.odometer.engine.membership;

import static dev.odometer.engine.membership.FakeCoordination.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.odometer.engine.membership.FakeCoordination.Client;
import dev.odometer.engine.membership.MembershipView.State;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class SessionMembershipTest {
    private final FakeCoordination world = new FakeCoordination();
    private final Client a = world.client();
    private final Client b = world.client();
    private final Member first = member("a", "one");
    private final Member second = member("b", "one");

    private static Member member(String name, String incarnation) {
        return new Member(name, incarnation, "h:1", "h:2", "h:3", "v", 1);
    }

    private static MembershipView joined(Member... members) {
        return new MembershipView(List.of(members), State.JOINED);
    }

    private void bothJoin() {
        assertThat(a.membership.join(first)).satisfies(stage -> world.pass(100)).isCompleted();
        assertThat(b.membership.join(second))
                .satisfies(stage -> world.pass(100))
                .isCompleted();
        assertThat(a.membership.view()).isEqualTo(joined(first, second));
        assertThat(b.membership.view()).isEqualTo(joined(first, second));
    }

    @Test
    void members_see_each_other_come_and_leave() {
        bothJoin();
        CompletionStage<Void> left = b.membership.leave();
        assertThat(b.membership.view().state()).isEqualTo(State.LEFT);
        world.pass(50);
        assertThat(left).isCompleted();
        assertThat(a.membership.view()).isEqualTo(joined(first));
        b.membership.close();
    }

    @Test
    void a_change_that_was_not_told_is_found_all_the_same() {
        bothJoin();
        a.deaf = true;
        b.membership.close();
        world.pass(TIMEOUT / 2);
        assertThat(a.membership.view()).isEqualTo(joined(first));
    }

    @Test
    void a_name_that_a_living_process_has_is_refused() {
        bothJoin();
        Client late = world.client();
        var join = late.membership.join(member("a", "two"));
        world.pass(TIMEOUT);
        assertThat(join).isNotDone();
        world.pass(TIMEOUT);
        assertThatThrownBy(() -> join.toCompletableFuture().getNow(null))
                .hasCauseInstanceOf(NameTakenException.class)
                .hasMessageContaining("h:1")
                .hasMessageContaining("h:2");
        assertThat(late.membership.view().state()).isEqualTo(State.LEFT);
        assertThat(a.membership.view()).isEqualTo(joined(first, second));
    }

    @Test
    void what_a_dead_process_left_under_the_name_is_waited_out() {
        world.leave("a", member("a", "zero").encode(), TIMEOUT);
        var join = a.membership.join(first);
        world.pass(TIMEOUT - 100);
        assertThat(join).isNotDone();
        assertThat(a.membership.view().state()).isEqualTo(State.JOINING);
        world.pass(1_000);
        assertThat(join).isCompleted();
        assertThat(a.membership.view()).isEqualTo(joined(first));
    }

    @Test
    void of_two_that_wait_for_a_name_the_slower_is_refused_at_once() {
        world.leave("a", member("a", "zero").encode(), TIMEOUT);
        var one = a.membership.join(first);
        var two = b.membership.join(member("a", "two"));
        world.pass(TIMEOUT + 1_100);
        assertThat(one.toCompletableFuture().isCompletedExceptionally())
                .isNotEqualTo(two.toCompletableFuture().isCompletedExceptionally());
        assertThat(world.names()).containsExactly("a");
    }

    @Test
    void an_entry_that_cannot_be_read_is_left_out_and_its_name_is_taken() {
        world.leave("a", "format=99\n", 1L << 40);
        world.leave("z", "rubbish", 1L << 40);
        var one = a.membership.join(first);
        b.membership.join(second);
        world.pass(2 * TIMEOUT);
        assertThat(one).isCompletedExceptionally();
        assertThat(b.membership.view()).isEqualTo(joined(second));
        assertThat(b.warnings).hasSize(2);
    }

    @Test
    void an_outage_suspends_when_the_timeout_has_passed_and_loses_nobody() {
        bothJoin();
        List<MembershipView> told = new ArrayList<>();
        a.membership.listen(told::add);
        world.down = true;
        world.pass(TIMEOUT / 2);
        assertThat(a.membership.view().state()).isEqualTo(State.JOINED);
        world.pass(10 * TIMEOUT);
        assertThat(a.membership.view()).isEqualTo(joined(first, second).in(State.SUSPENDED));
        assertThat(a.warnings).hasSize(1);
        world.up();
        world.pass(1_000);
        assertThat(told)
                .containsExactly(
                        joined(first, second), joined(first, second).in(State.SUSPENDED), joined(first, second));
    }

    @Test
    void an_outage_before_the_join_only_delays_it() {
        world.down = true;
        var join = a.membership.join(first);
        world.pass(10 * TIMEOUT);
        assertThat(join).isNotDone();
        assertThat(a.membership.view().state()).isEqualTo(State.JOINING);
        world.up();
        world.pass(1_000);
        assertThat(join).isCompleted();
    }

    @Test
    void a_create_whose_answer_was_lost_is_found_to_be_its_own() {
        a.loseAnswers = true;
        var join = a.membership.join(first);
        world.pass(2_000);
        assertThat(join).isCompleted();
        assertThat(a.membership.view()).isEqualTo(joined(first));
    }

    @Test
    void a_process_that_wakes_up_shows_nothing_as_current_before_anything_has_run() {
        bothJoin();
        List<State> told = new ArrayList<>();
        b.membership.listen(view -> told.add(view.state()));
        world.pass(10);
        b.paused = true;
        world.pass(3 * TIMEOUT);
        assertThat(a.membership.view()).isEqualTo(joined(first));
        assertThat(b.membership.view().state()).isEqualTo(State.SUSPENDED);
        b.paused = false;
        world.pass(200);
        assertThat(told).endsWith(State.JOINED).containsAnyOf(State.SUSPENDED, State.LOST);
        assertThat(a.membership.view()).isEqualTo(joined(first, second));
    }

    @Test
    void a_lost_session_is_replaced_and_the_loss_is_told() {
        bothJoin();
        List<MembershipView> told = new ArrayList<>();
        b.membership.listen(told::add);
        world.expire(b);
        world.pass(TIMEOUT);
        assertThat(told)
                .containsExactly(
                        joined(first, second), new MembershipView(List.of(first), State.LOST), joined(first, second));
    }

    @Test
    void who_lost_its_session_and_then_its_name_stays_lost_until_the_other_is_gone() {
        bothJoin();
        b.paused = true;
        world.pass(2 * TIMEOUT);
        Client heir = world.client();
        assertThat(heir.membership.join(member("b", "two")))
                .satisfies(s -> world.pass(100))
                .isCompleted();
        b.paused = false;
        world.pass(10 * TIMEOUT);
        assertThat(b.membership.view()).isEqualTo(new MembershipView(List.of(first, member("b", "two")), State.LOST));
        heir.membership.close();
        world.pass(1_000);
        assertThat(b.membership.view()).isEqualTo(joined(first, second));
    }

    @Test
    void the_confirmed_time_is_one_before_the_request() {
        bothJoin();
        for (int i = 0; i < 50; i++) {
            world.pass(137);
            long age = (a.nanos() - a.membership.confirmedNanos()) / 1_000_000;
            assertThat(age).isBetween(0L, TIMEOUT / 4 + 1);
        }
    }

    @Test
    void leaving_before_the_join_fails_the_join() {
        world.down = true;
        var join = a.membership.join(first);
        world.pass(10);
        var left = a.membership.leave();
        world.pass(10);
        assertThat(join).isCompletedExceptionally();
        assertThat(left).isCompleted();
        world.up();
        world.pass(TIMEOUT);
        assertThat(world.names()).isEmpty();
    }

    @Test
    void leaving_during_an_outage_says_that_the_others_will_see_it_later() {
        bothJoin();
        world.down = true;
        var left = a.membership.leave();
        world.pass(10);
        assertThat(left).isCompletedExceptionally();
        assertThat(a.membership.view().state()).isEqualTo(State.LEFT);
        world.up();
        world.pass(2 * TIMEOUT);
        assertThat(b.membership.view()).isEqualTo(joined(second));
    }

    @Test
    void closing_leaves() {
        bothJoin();
        a.membership.close();
        a.membership.close();
        world.pass(100);
        assertThat(b.membership.view()).isEqualTo(joined(second));
        assertThat(a.membership.view().state()).isEqualTo(State.LEFT);
    }
}
