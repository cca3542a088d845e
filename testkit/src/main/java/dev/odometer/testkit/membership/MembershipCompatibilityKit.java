package dev.odometer.testkit.membership;

import static dev.odometer.testkit.Stages.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.odometer.engine.membership.Member;
import dev.odometer.engine.membership.Membership;
import dev.odometer.engine.membership.MembershipView;
import dev.odometer.engine.membership.MembershipView.State;
import dev.odometer.engine.membership.NameTakenException;
import dev.odometer.testkit.membership.MemberProcess.Sample;
import dev.odometer.testkit.membership.Watched.Told;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/**
 * Every sentence of the {@link Membership} contract as a test, against a real coordinator, with members that are killed
 * and paused. A driver's own test extends this class and says how to start its coordinator and open its membership.
 * Each test has a coordinator of its own, at first empty.
 *
 * <p>It runs for about a minute, since sessions have to time out. Give the sessions about three seconds.
 */
public abstract class MembershipCompatibilityKit extends MembershipKitFixture {
    /** For subclasses. */
    protected MembershipCompatibilityKit() {}

    // Coming and going.

    @Test
    void members_see_each_other_come_and_leave() {
        Watched a = joined("a");
        Watched b = joined("b");
        until(() -> a.joinedWith(a.self, b.self) && b.joinedWith(a.self, b.self));
        join(b.membership.leave());
        assertThat(b.is(State.LEFT)).isTrue();
        until(() -> a.joinedWith(a.self));
        Watched c = joined("c");
        until(() -> a.joinedWith(a.self, c.self) && c.joinedWith(a.self, c.self));
        c.membership.close();
        until(() -> a.joinedWith(a.self));
    }

    @Test
    void a_join_completes_when_others_that_look_see_it() {
        Watched a = joined("a");
        Watched b = joined("b");
        assertThat(b.joinedWith(a.self, b.self)).isTrue();
        join(b.membership.leave());
        Watched again = joined("b");
        assertThat(again.joinedWith(a.self, again.self)).isTrue();
    }

    @Test
    void listeners_are_told_in_order_by_one_thread_and_end_with_the_newest_view() {
        Watched a = open("a");
        until(() -> !a.told.isEmpty());
        assertThat(a.views()).containsExactly(new MembershipView(List.of(), State.JOINING));
        join(a.membership.join(a.self));
        for (int i = 0; i < 5; i++) {
            joined("b" + i);
        }
        until(() -> last(a.views()).members().size() == 6);
        assertThat(last(a.views())).isEqualTo(a.membership.view());
        List<Integer> sizes = a.views().stream().map(v -> v.members().size()).toList();
        assertThat(sizes).isSorted().doesNotHaveDuplicates();
        assertThat(a.threads).hasSize(1);
        a.membership.close();
        assertThat(a.is(State.LEFT)).isTrue();
    }

    @Test
    void a_second_living_process_of_the_name_is_refused_and_the_first_does_not_notice() {
        Watched a = joined("a");
        Watched second = open("a");
        CompletionStage<Void> refused = second.membership.join(second.self);
        assertThatThrownBy(() -> join(refused))
                .isInstanceOf(NameTakenException.class)
                .hasMessageContaining(a.self.address())
                .hasMessageContaining(a.self.httpAddress());
        assertThat(second.is(State.LEFT)).isTrue();
        assertThat(a.joinedWith(a.self)).isTrue();
        assertThat(a.views())
                .allMatch(v -> v.state() == State.JOINING || v.members().contains(a.self));
    }

    @Test
    void of_many_that_join_under_one_name_at_once_one_does() {
        List<Watched> rivals = List.of(open("a"), open("a"), open("a"), open("a"));
        List<CompletionStage<Void>> joins =
                rivals.stream().map(r -> r.membership.join(r.self)).toList();
        until(() -> joins.stream().allMatch(j -> j.toCompletableFuture().isDone()));
        assertThat(joins.stream().filter(j -> j.toCompletableFuture().isCompletedExceptionally()))
                .hasSize(rivals.size() - 1);
        assertThat(rivals.stream().filter(r -> r.is(State.JOINED))).hasSize(1);
    }

    // Death and pauses of members.

    @Test
    void a_killed_process_goes_and_its_successor_takes_the_name_over() {
        Watched a = joined("a");
        Member dying = member("b");
        MemberProcess process = process(dying);
        until(() -> a.joinedWith(a.self, dying) && process.is(State.JOINED));
        process.kill();
        Watched successor = joined("b");
        until(() -> a.joinedWith(a.self, successor.self));
        assertThat(successor.joinedWith(a.self, successor.self)).isTrue();
    }

    @Test
    void a_killed_process_is_seen_gone() {
        Watched a = joined("a");
        Member dying = member("b");
        MemberProcess process = process(dying);
        until(() -> a.joinedWith(a.self, dying));
        process.kill();
        until(() -> a.joinedWith(a.self));
    }

    @Test
    void a_process_that_leaves_is_seen_gone() {
        Watched a = joined("a");
        Member leaving = member("b");
        MemberProcess process = process(leaving);
        until(() -> a.joinedWith(a.self, leaving));
        process.leave();
        until(() -> a.joinedWith(a.self));
    }

    @Test
    void a_process_that_was_paused_claims_nothing_that_is_over_and_comes_back() {
        Watched a = joined("a");
        Member sleeping = member("b");
        try (MemberProcess process = process(sleeping)) {
            until(() -> a.joinedWith(a.self, sleeping) && process.is(State.JOINED));
            List<Sample> samples = process.keep();
            process.pause();
            until(() -> !a.sees(sleeping));
            long gone = goneSince(a, sleeping);
            process.resume();
            until(() -> a.joinedWith(a.self, sleeping) && process.is(State.JOINED) && claimsAfter(samples, gone));
            assertHonest(samples, gone, a.membership.sessionTimeoutMillis());
        }
    }

    @Test
    void a_process_whose_name_was_taken_while_it_was_paused_says_that_it_is_lost() {
        Watched a = joined("a");
        Member sleeping = member("b");
        try (MemberProcess process = process(sleeping)) {
            until(() -> a.joinedWith(a.self, sleeping) && process.is(State.JOINED));
            List<Sample> samples = process.keep();
            process.pause();
            Watched heir = joined("b");
            until(() -> a.joinedWith(a.self, heir.self));
            long gone = goneSince(a, sleeping);
            process.resume();
            until(() -> process.is(State.LOST) && process.sees(tag(heir.self)));
            assertThat(heir.joinedWith(a.self, heir.self)).isTrue();
            heir.membership.close();
            until(() -> a.joinedWith(a.self, sleeping) && process.is(State.JOINED));
            assertHonest(samples, gone, a.membership.sessionTimeoutMillis());
        }
    }

    // Sessions and coordinators that fail.

    @Test
    void an_entry_that_was_taken_away_comes_back_and_the_loss_is_told() {
        Watched a = joined("a");
        Watched b = joined("b");
        until(() -> a.joinedWith(a.self, b.self));
        removeEntry(coordinator.address(), "b");
        until(() -> a.views().stream()
                        .anyMatch(v -> v.state() == State.JOINED && v.members().equals(List.of(a.self)))
                && b.views().stream().anyMatch(v -> v.state() == State.LOST));
        until(() -> a.joinedWith(a.self, b.self) && b.joinedWith(a.self, b.self));
    }

    @Test
    void a_coordinator_that_is_restarted_loses_nobody() {
        Watched a = joined("a");
        Watched b = joined("b");
        until(() -> a.joinedWith(a.self, b.self) && b.joinedWith(a.self, b.self));
        int before = a.told.size();
        coordinator.kill();
        long killed = System.nanoTime();
        coordinator.start();
        until(() -> a.membership.confirmedNanos() > killed && b.membership.confirmedNanos() > killed);
        Watched c = joined("c");
        until(() -> a.joinedWith(a.self, b.self, c.self) && b.joinedWith(a.self, b.self, c.self));
        assertNobodyLost(a, before, b.self);
    }

    @Test
    void an_outage_suspends_and_afterwards_all_is_as_before() {
        Watched a = joined("a");
        Watched b = joined("b");
        until(() -> a.joinedWith(a.self, b.self) && b.joinedWith(a.self, b.self));
        int before = a.told.size();
        coordinator.kill();
        long killed = System.nanoTime();
        until(() -> a.is(State.SUSPENDED)
                && b.is(State.SUSPENDED)
                && last(a.views()).state() == State.SUSPENDED);
        assertThat(a.membership.view().members()).containsExactly(a.self, b.self);
        assertThat(b.membership.view().members()).containsExactly(a.self, b.self);
        assertThat(a.membership.confirmedNanos()).isLessThan(killed);
        assertThat(System.nanoTime() - a.membership.confirmedNanos())
                .isGreaterThanOrEqualTo(a.membership.sessionTimeoutMillis() * 1_000_000);
        coordinator.start();
        until(() -> a.joinedWith(a.self, b.self) && b.joinedWith(a.self, b.self));
        // Long enough for sessions that nobody took up again to end.
        long back = System.nanoTime();
        long wait = 2 * a.membership.sessionTimeoutMillis() * 1_000_000;
        until(() -> a.membership.confirmedNanos() - back > wait && b.membership.confirmedNanos() - back > wait);
        assertThat(a.joinedWith(a.self, b.self)).isTrue();
        assertNobodyLost(a, before, b.self);
        assertNobodyLost(b, 0, b.self);
    }

    @Test
    void a_coordinator_that_hangs_suspends_and_all_come_back() {
        Watched a = joined("a");
        Watched b = joined("b");
        until(() -> a.joinedWith(a.self, b.self) && b.joinedWith(a.self, b.self));
        coordinator.pause();
        long paused = System.nanoTime();
        until(() -> a.is(State.SUSPENDED) && b.is(State.SUSPENDED));
        assertThat(a.membership.view().members()).containsExactly(a.self, b.self);
        assertThat(a.membership.confirmedNanos()).isLessThan(paused);
        coordinator.resume();
        until(() -> a.joinedWith(a.self, b.self) && b.joinedWith(a.self, b.self));
    }

    @Test
    void a_join_during_an_outage_waits_for_its_end() {
        coordinator.kill();
        Watched a = open("a");
        CompletionStage<Void> joining = a.membership.join(a.self);
        long asked = System.nanoTime();
        until(() -> System.nanoTime() - asked > 1_000_000_000);
        assertThat(joining.toCompletableFuture()).isNotDone();
        assertThat(a.is(State.JOINING)).isTrue();
        assertThat(a.membership.confirmedNanos()).isEqualTo(Long.MIN_VALUE);
        coordinator.start();
        join(joining);
        assertThat(a.joinedWith(a.self)).isTrue();
    }

    @Test
    void leaving_during_an_outage_fails_and_the_others_see_it_in_time() {
        Watched a = joined("a");
        Watched b = joined("b");
        until(() -> a.joinedWith(a.self, b.self));
        coordinator.kill();
        assertThatThrownBy(() -> join(b.membership.leave())).isInstanceOf(RuntimeException.class);
        assertThat(b.is(State.LEFT)).isTrue();
        b.membership.close();
        coordinator.start();
        until(() -> a.joinedWith(a.self));
    }

    // What the process believed, against what another one saw.

    private static boolean claimsAfter(List<Sample> samples, long nanos) {
        return samples.stream().anyMatch(s -> s.confirmedNanos() > nanos && s.state() == State.JOINED);
    }

    private static long goneSince(Watched watched, Member member) {
        long gone = Long.MAX_VALUE;
        for (Told told : watched.told) {
            boolean there = told.view().members().contains(member);
            gone = there ? Long.MAX_VALUE : Math.min(gone, told.nanos());
        }
        return gone;
    }

    private static void assertHonest(List<Sample> samples, long gone, long timeoutMillis) {
        List<Sample> before = samples.stream()
                .filter(s -> s.nanos() > gone && s.confirmedNanos() < gone)
                .toList();
        assertThat(before)
                .as("what was claimed on old confirmations, after another had seen the member gone")
                .noneMatch(s -> s.nanos() - s.confirmedNanos() <= timeoutMillis * 1_000_000)
                .noneMatch(s -> s.state() == State.JOINED);
    }

    private static void assertNobodyLost(Watched watched, int from, Member other) {
        List<MembershipView> views = watched.views();
        assertThat(views.subList(from, views.size()))
                .allMatch(v -> v.state() == State.JOINED || v.state() == State.SUSPENDED || v.state() == State.JOINING)
                .allMatch(v -> v.state() == State.JOINING || v.members().contains(other));
    }
}
