package dev.odometer.cluster;

import dev.odometer.engine.membership.Membership;
import dev.odometer.engine.membership.MembershipView;
import java.util.function.LongSupplier;

/**
 * Since when this node has been a member without a break, so that nobody can have taken its shards over because it
 * seemed to be gone. After a break that includes the moment in which it is a member again: what it knew about its
 * shards before counts no more. Only the engine's thread.
 */
final class Tenure {
    private static final long NOT_NOW = Long.MAX_VALUE;

    private final Membership membership;
    private final LongSupplier nanos;
    private long sinceNanos = NOT_NOW;
    private long confirmedNanos;
    private boolean lost;

    Tenure(Membership membership, LongSupplier nanos) {
        this.membership = membership;
        this.nanos = nanos;
    }

    /** Takes each new view: one that says that the others have seen this node go may be gone a moment later. */
    void update(MembershipView view) {
        lost = view.state() == MembershipView.State.LOST;
        sinceNanos();
    }

    /** {@link Long#MAX_VALUE} while it is none. Also to be called now and then, so that no break goes unnoticed. */
    long sinceNanos() {
        long now = nanos.getAsLong();
        long confirmed = membership.confirmedNanos();
        long timeoutNanos = membership.sessionTimeoutMillis() * 1_000_000;
        if (lost || confirmed == Long.MIN_VALUE || now - confirmed >= timeoutNanos) {
            sinceNanos = NOT_NOW;
        } else if (sinceNanos == NOT_NOW || confirmed - confirmedNanos >= timeoutNanos) {
            sinceNanos = now;
        }
        confirmedNanos = confirmed;
        return sinceNanos;
    }
}
