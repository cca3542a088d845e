package dev.odometer.testkit;

import dev.odometer.engine.membership.Member;
import dev.odometer.engine.membership.Membership;
import dev.odometer.engine.membership.MembershipView;
import dev.odometer.engine.membership.MembershipView.State;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A coordinator in memory, for nodes of a test that share it. Thread-safe. */
public final class MemoryCoordinator {
    /** The session timeout of every membership. */
    public static final long SESSION_MILLIS = 2_000;

    private final TreeMap<String, Member> members = new TreeMap<>();
    private final List<Session> sessions = new ArrayList<>();
    private final LongSupplier nanos;

    /** A coordinator without members, on a clock for durations in nanoseconds. */
    public MemoryCoordinator(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** A node's membership; it is told what changes by the executor. */
    public synchronized Session session(Executor executor) {
        Session session = new Session(executor);
        sessions.add(session);
        return session;
    }

    /** The others see this member gone. */
    public synchronized void expire(Member member) {
        if (members.remove(member.name(), member)) {
            sessions.forEach(Session::tell);
        }
    }

    private synchronized void add(Member member) {
        members.put(member.name(), member);
        sessions.forEach(Session::tell);
    }

    private synchronized List<Member> list() {
        return List.copyOf(members.values());
    }

    /** One node's membership. */
    public final class Session implements Membership {
        private final Executor executor;
        private final List<Consumer<MembershipView>> listeners = new CopyOnWriteArrayList<>();
        private volatile @Nullable Member self;
        private volatile boolean left;

        private volatile boolean cut;
        private volatile long cutNanos;

        private Session(Executor executor) {
            this.executor = executor;
        }

        /** From now on the coordinator cannot be reached from here. */
        public void cut() {
            cutNanos = nanos.getAsLong();
            cut = true;
        }

        @Override
        @SuppressWarnings("NullAway") // a Void has no value
        public CompletionStage<Void> join(Member member) {
            self = member;
            add(member);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public MembershipView view() {
            List<Member> now = list();
            State state = self == null
                    ? State.JOINING
                    : left ? State.LEFT : cut ? State.SUSPENDED : isMember() ? State.JOINED : State.LOST;
            return new MembershipView(now, state);
        }

        @Override
        public void listen(Consumer<MembershipView> listener) {
            listeners.add(listener);
            tell();
        }

        private void tell() {
            executor.execute(() -> {
                MembershipView view = view();
                listeners.forEach(listener -> listener.accept(view));
            });
        }

        private boolean isMember() {
            Member member = self;
            return member != null && list().contains(member);
        }

        @Override
        public long confirmedNanos() {
            return self == null ? Long.MIN_VALUE : cut || !isMember() ? cutNanos : nanos.getAsLong();
        }

        @Override
        public long sessionTimeoutMillis() {
            return SESSION_MILLIS;
        }

        @Override
        @SuppressWarnings("NullAway") // a Void has no value
        public CompletionStage<Void> leave() {
            left = true;
            Member member = self;
            if (member != null) {
                expire(member);
            }
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void close() {
            listeners.clear();
            leave();
        }
    }
}
