package dev.odometer.engine.membership;

import dev.odometer.engine.membership.MembershipView.State;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the newest view and tells it to listeners. It never shows {@link State#JOINED} when the session was not
 * confirmed within its timeout: that is looked at on each read, so that it holds also in the first moment after a
 * pause of the process. Thread-safe.
 */
final class ViewBoard {
    private final Executor executor;
    private final LongSupplier nanos;
    private final Object lock = new Object();

    // All guarded by lock.
    private final List<Listening> listening = new ArrayList<>();
    private MembershipView published = new MembershipView(List.of(), State.JOINING);
    private long confirmedNanos = Long.MIN_VALUE;
    private long timeoutMillis;
    private boolean closed;

    /** What a listener was told last; only on the executor. */
    private static final class Listening {
        final Consumer<MembershipView> listener;

        @Nullable
        MembershipView told;

        Listening(Consumer<MembershipView> listener) {
            this.listener = listener;
        }
    }

    ViewBoard(Executor executor, LongSupplier nanos, long timeoutMillis) {
        this.executor = executor;
        this.nanos = nanos;
        this.timeoutMillis = timeoutMillis;
    }

    MembershipView view() {
        synchronized (lock) {
            return published.state() == State.JOINED && !confirmed() ? published.in(State.SUSPENDED) : published;
        }
    }

    /** Whether the session was confirmed within its timeout. */
    private boolean confirmed() {
        return confirmedNanos != Long.MIN_VALUE && (nanos.getAsLong() - confirmedNanos) / 1_000_000 < timeoutMillis;
    }

    long confirmedNanos() {
        synchronized (lock) {
            return confirmedNanos;
        }
    }

    long timeoutMillis() {
        synchronized (lock) {
            return timeoutMillis;
        }
    }

    /** Sets the timeout that the coordinator granted. */
    void timeoutMillis(long granted) {
        synchronized (lock) {
            timeoutMillis = granted;
        }
    }

    void confirm(long atNanos) {
        synchronized (lock) {
            confirmedNanos = atNanos;
        }
    }

    /** Makes this the newest view, unless the node has left. */
    void publish(MembershipView view) {
        synchronized (lock) {
            if (published.state() == State.LEFT) {
                return;
            }
            published = view;
        }
        tell();
    }

    void leave() {
        publish(view().in(State.LEFT));
    }

    void listen(Consumer<MembershipView> listener) {
        synchronized (lock) {
            listening.add(new Listening(listener));
        }
        tell();
    }

    /** Tells the newest view to those who were not told, by the executor. Also for when time alone changed it. */
    void tell() {
        executor.execute(this::tellNow);
    }

    private void tellNow() {
        List<Listening> all;
        synchronized (lock) {
            if (closed) {
                return;
            }
            all = List.copyOf(listening);
        }
        for (Listening one : all) {
            MembershipView newest = view();
            if (!newest.equals(one.told)) {
                one.told = newest;
                one.listener.accept(newest);
            }
        }
    }

    void close() {
        synchronized (lock) {
            closed = true;
        }
    }
}
