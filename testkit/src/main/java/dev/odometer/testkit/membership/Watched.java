package dev.odometer.testkit.membership;

import dev.odometer.engine.membership.Member;
import dev.odometer.engine.membership.Membership;
import dev.odometer.engine.membership.MembershipView;
import dev.odometer.engine.membership.MembershipView.State;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A membership in the test's own process, and all that its listener was told. */
final class Watched {
    /** A view and when the listener got it. */
    record Told(long nanos, MembershipView view) {}

    final Membership membership;
    final Member self;
    final List<Told> told = new CopyOnWriteArrayList<>();
    final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    Watched(Membership membership, Member self) {
        this.membership = membership;
        this.self = self;
        membership.listen(view -> {
            threads.add(Thread.currentThread());
            told.add(new Told(System.nanoTime(), view));
        });
    }

    boolean joinedWith(Member... members) {
        return membership.view().equals(new MembershipView(List.of(members), State.JOINED));
    }

    boolean is(State state) {
        return membership.view().state() == state;
    }

    boolean sees(Member member) {
        return membership.view().members().contains(member);
    }

    List<MembershipView> views() {
        return told.stream().map(Told::view).toList();
    }
}
