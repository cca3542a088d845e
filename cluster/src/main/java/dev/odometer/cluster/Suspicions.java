package dev.odometer.cluster;

import dev.odometer.engine.membership.Member;
import dev.odometer.engine.membership.MembershipView;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Which members count as dead before their sessions expire: those at whose address nobody listens. Only the engine's
 * thread.
 *
 * <p>A suspicion ends when the member is reached, and when it outlives the session timeout while the coordinator is
 * there:
 * then it is wrong, for a dead member would be gone. The next one against the same process is not believed for a
 * time that doubles.
 */
final class Suspicions {
    private static final long LONGEST_MILLIS = 60_000;

    private final Assignment assignment;
    private final LongSupplier nanos;
    private final LongSupplier sessionTimeoutMillis;
    private final Map<String, Suspect> suspects = new HashMap<>();

    /** A process that nobody could reach. */
    private static final class Suspect {
        final Member member;
        boolean suspected;
        long sinceNanos;
        long disbelievedUntilNanos;
        long disbeliefMillis;

        Suspect(Member member) {
            this.member = member;
        }
    }

    Suspicions(Assignment assignment, LongSupplier nanos, LongSupplier sessionTimeoutMillis) {
        this.assignment = assignment;
        this.nanos = nanos;
        this.sessionTimeoutMillis = sessionTimeoutMillis;
    }

    /** Nobody listens at the member's address. */
    void nobodyThere(Member member) {
        Member known = assignment.member(member.name());
        if (known == null || !known.sameProcess(member)) {
            return; // a late word about a process before this one
        }
        long now = nanos.getAsLong();
        Suspect suspect = suspects.get(member.name());
        if (suspect == null || !suspect.member.sameProcess(member)) {
            suspect = new Suspect(member);
            suspect.disbelievedUntilNanos = now;
            suspects.put(member.name(), suspect);
        }
        if (!suspect.suspected && now - suspect.disbelievedUntilNanos >= 0) {
            suspect.suspected = true;
            suspect.sinceNanos = now;
            assignment.suspect(member);
        }
    }

    /** The member has answered or called. */
    void reached(Member member) {
        Suspect suspect = suspects.get(member.name());
        if (suspect != null && suspect.suspected && suspect.member.sameProcess(member)) {
            disbelieve(suspect);
        }
    }

    /** Ends the suspicions that are too old to be right. */
    void review() {
        long now = nanos.getAsLong();
        suspects.values().removeIf(suspect -> {
            Member member = assignment.member(suspect.member.name());
            return member == null || !member.sameProcess(suspect.member);
        });
        for (Suspect suspect : suspects.values()) {
            if (assignment.state() != MembershipView.State.JOINED) {
                suspect.sinceNanos = now; // nobody can say that it has outlived anything
            }
            long age = (now - suspect.sinceNanos) / 1_000_000;
            if (suspect.suspected && age > 2 * Math.min(sessionTimeoutMillis.getAsLong(), LONGEST_MILLIS)) {
                disbelieve(suspect);
            }
        }
    }

    private void disbelieve(Suspect suspect) {
        suspect.suspected = false;
        suspect.disbeliefMillis =
                Math.min(LONGEST_MILLIS, Math.max(sessionTimeoutMillis.getAsLong(), 2 * suspect.disbeliefMillis));
        suspect.disbelievedUntilNanos = nanos.getAsLong() + suspect.disbeliefMillis * 1_000_000;
        assignment.trust(suspect.member);
    }
}
