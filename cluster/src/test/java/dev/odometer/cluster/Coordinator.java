package dev.odometer.cluster;

import dev.odometer.engine.membership.Member;
import dev.odometer.engine.membership.Membership;
import dev.odometer.engine.membership.MembershipView;
import dev.odometer.engine.membership.MembershipView.State;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Who is alive, in memory. Thread-safe. */
final class Coordinator {
    static final long SESSION_MILLIS = 2_000;

    private final TreeMap<String, Member> members = new TreeMap<>();
    private final List<Session> sessions = new ArrayList<>();
    private final LongSupplier nanos;

    Coordinator(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** A node's membership; it is told what changes by the executor. */
    synchronized Session session(Executor executor) {
        Session session = new Session(executor);
        sessions.add(session);
        return session;
    }

    /** The others see this member gone. */
    synchronized void expire(Member member) {
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
    final class Session implements Membership {
        private final Executor executor;
        private final List<Consumer<MembershipView>> listeners = new ArrayList<>();
        private volatile Member self;
        private volatile boolean left;

        /** Whether the coordinator cannot be reached from here. */
        volatile boolean cut;

        private volatile long cutNanos;

        Session(Executor executor) {
            this.executor = executor;
        }

        void cut() {
            cutNanos = nanos.getAsLong();
            cut = true;
        }

        @Override
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
                    : left ? State.LEFT : cut ? State.SUSPENDED : now.contains(self) ? State.JOINED : State.LOST;
            return new MembershipView(now, state);
        }

        @Override
        public void listen(Consumer<MembershipView> listener) {
            listeners.add(listener);
            tell();
        }

        void tell() {
            executor.execute(() -> {
                MembershipView view = view();
                listeners.forEach(listener -> listener.accept(view));
            });
        }

        @Override
        public long confirmedNanos() {
            return self == null ? Long.MIN_VALUE : cut || !list().contains(self) ? cutNanos : nanos.getAsLong();
        }

        @Override
        public long sessionTimeoutMillis() {
            return SESSION_MILLIS;
        }

        @Override
        public CompletionStage<Void> leave() {
            left = true;
            expire(self);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void close() {
            leave();
        }
    }
}
