package dev.odometer.engine.membership;

import dev.odometer.engine.membership.MembershipView.State;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The membership of a node that is alone: one member, which nobody can see gone. Thread-safe.
 */
public final class StandaloneMembership implements Membership {
    private static final long FOREVER = Long.MAX_VALUE / 1_000_000;

    private final ViewBoard board;
    private final LongSupplier nanos;
    private boolean called; // guarded by this

    /**
     * Creates the membership.
     *
     * @param listeners runs the calls of listeners, one at a time and in order
     * @param nanos a clock for durations, in nanoseconds; it never goes back
     */
    public StandaloneMembership(Executor listeners, LongSupplier nanos) {
        this.nanos = nanos;
        board = new ViewBoard(listeners, nanos, FOREVER);
    }

    @Override
    public synchronized CompletionStage<Void> join(Member self) {
        if (called) {
            throw new IllegalStateException("join was called before");
        }
        called = true;
        if (board.view().state() == State.LEFT) {
            return CompletableFuture.failedFuture(new MembershipException("the node has left"));
        }
        board.confirm(nanos.getAsLong());
        board.publish(new MembershipView(List.of(self), State.JOINED));
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public MembershipView view() {
        return board.view();
    }

    @Override
    public void listen(Consumer<MembershipView> listener) {
        board.listen(listener);
    }

    /** Now, once it has joined. */
    @Override
    public long confirmedNanos() {
        return board.confirmedNanos() == Long.MIN_VALUE ? Long.MIN_VALUE : nanos.getAsLong();
    }

    /** For ever. */
    @Override
    public long sessionTimeoutMillis() {
        return FOREVER;
    }

    @Override
    public synchronized CompletionStage<Void> leave() {
        board.leave();
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {
        board.leave();
        board.close();
    }
}
