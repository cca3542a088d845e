package dev.odometer.engine.membership;

import dev.odometer.engine.membership.Coordinator.Entry;
import dev.odometer.engine.membership.Coordinator.SessionGone;
import dev.odometer.engine.membership.MembershipView.State;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Membership by the sessions of a {@link Coordinator}. Thread-safe.
 *
 * <p>It trusts no event. Four times in a session timeout it renews the session, lists the entries and mends what is not
 * as it should be; what the coordinator tells between only makes it list sooner. So there is no event whose loss
 * matters, and one way only to every state:
 *
 * <ul>
 *   <li>our entry is there and lives with our session: {@link State#JOINED};
 *   <li>it is there, of this process, but of a session before: it is replaced in one step, and nobody saw us gone;
 *   <li>it is absent: {@link State#LOST} if it was there before, and it is made again;
 *   <li>another process's is there: at first that may be what a dead process left, so it is waited out; if it stays,
 *       the name is taken;
 *   <li>no answer: nothing changes, until the confirmation is older than the timeout: {@link State#SUSPENDED}, which
 *       {@link ViewBoard} sees by itself.
 * </ul>
 */
public final class SessionMembership implements Membership {
    /** The most members that a membership takes; a further one is refused when it joins. */
    public static final int MAX_MEMBERS = 1_024;

    /** How many times its session timeout the entry of a dead process may last: the coordinator's own round-ups. */
    private static final double LEFTOVER_TIMEOUTS = 1.5;

    private static final long LEFTOVER_MORE_MILLIS = 500;
    private static final long MAX_RETRY_MILLIS = 500;

    /** How soon to look again where somebody else was quicker. */
    private static final long AGAIN_MILLIS = 20;

    private final Coordinator coordinator;
    private final MembershipEnvironment environment;
    private final ViewBoard board;
    private final CompletableFuture<Void> joined = new CompletableFuture<>();
    private final AtomicBoolean joinCalled = new AtomicBoolean();
    private final AtomicBoolean hinted = new AtomicBoolean();
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();

    // Only on the coordinator's thread.
    private @Nullable Member self;
    private boolean open;
    private long confirmedNanos = Long.MIN_VALUE;
    private int round;
    private @Nullable Member blocker;
    private long blockerSinceNanos;
    private boolean failing;
    private boolean lost;
    private Set<String> unreadable = new HashSet<>();

    /**
     * Creates the membership. It takes coordinator and environment over.
     *
     * @param requestedTimeoutMillis the session timeout until the coordinator has granted one
     */
    public SessionMembership(Coordinator coordinator, MembershipEnvironment environment, long requestedTimeoutMillis) {
        this.coordinator = coordinator;
        this.environment = environment;
        board = new ViewBoard(task -> environment.tell(task, 0), environment::nanos, requestedTimeoutMillis);
        coordinator.watch(this::hint);
    }

    @Override
    public CompletionStage<Void> join(Member member) {
        if (!joinCalled.compareAndSet(false, true)) {
            throw new IllegalStateException("join was called before");
        }
        environment.coordinate(
                () -> {
                    self = member;
                    step(round);
                },
                0);
        if (over.get()) {
            failJoin(new MembershipException("the node has left"));
        }
        return joined.copy();
    }

    @Override
    public MembershipView view() {
        return board.view();
    }

    @Override
    public void listen(Consumer<MembershipView> listener) {
        board.listen(listener);
    }

    @Override
    public long confirmedNanos() {
        return board.confirmedNanos();
    }

    @Override
    public long sessionTimeoutMillis() {
        return board.timeoutMillis();
    }

    @Override
    public CompletionStage<Void> leave() {
        CompletableFuture<Void> left = new CompletableFuture<>();
        over.set(true);
        board.leave();
        environment.coordinate(
                () -> {
                    try {
                        endSession();
                        left.complete(null);
                    } catch (RuntimeException e) {
                        left.completeExceptionally(e);
                    }
                },
                0);
        failJoin(new MembershipException("the node left before it had joined"));
        return left;
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        over.set(true);
        board.leave();
        environment.close(() -> {
            try {
                endSession();
            } catch (RuntimeException e) {
                environment.warn("left without a word, the others will see it when the session times out: " + e);
            } finally {
                coordinator.close();
            }
        });
        board.close();
        failJoin(new MembershipException("the membership was closed before the node had joined"));
    }

    private void failJoin(MembershipException e) {
        joined.completeExceptionally(e);
    }

    private void endSession() {
        if (open) {
            open = false;
            coordinator.end();
        }
    }

    /** Something may have changed; on any thread. */
    private void hint() {
        if (!over.get() && hinted.compareAndSet(false, true)) {
            environment.coordinate(this::look, 0);
        }
    }

    /** Lists between two renewals. Whatever is not as it should be is left to a step. */
    private void look() {
        hinted.set(false);
        Member me = self;
        if (over.get() || me == null || !open || lost) {
            return;
        }
        try {
            List<Entry> entries = coordinator.list();
            Entry own = find(me, entries);
            if (own != null && own.ours() && board.view().state() == State.JOINED) {
                publish(entries, State.JOINED);
            } else {
                step(++round);
            }
        } catch (RuntimeException e) {
            step(++round);
        }
    }

    /** The heartbeat. Of the steps that are scheduled only the last one's round counts. */
    private void step(int ofRound) {
        Member me = self;
        if (over.get() || me == null || ofRound != round) {
            return;
        }
        long delayMillis;
        try {
            delayMillis = attempt(me);
            if (failing) {
                failing = false;
                environment.warn("the coordinator answers again");
            }
        } catch (RuntimeException e) {
            delayMillis = retryMillis();
            failed(e);
        }
        int next = ++round;
        environment.coordinate(() -> step(next), delayMillis);
    }

    private long retryMillis() {
        return Math.min(MAX_RETRY_MILLIS, board.timeoutMillis() / 8);
    }

    private void failed(RuntimeException e) {
        // What is left of a dead process lives on while the coordinator does not count its time.
        blockerSinceNanos = environment.nanos();
        if (!failing && !over.get()) {
            failing = true;
            environment.warn("the coordinator cannot be asked, the last known members stand and it is tried again: "
                    + e.getMessage());
        }
    }

    /** Asks, mends and publishes. Returns after how many milliseconds to do it again. */
    private long attempt(Member me) {
        renewOrOpen();
        List<Entry> entries = coordinator.list();
        Entry own = find(me, entries);
        if (own == null) {
            return appear(me, entries);
        }
        if (own.ours()) {
            return confirmed(entries);
        }
        Member other = decode(own);
        if (other != null && other.sameProcess(me)) {
            // Ours, of a session that is gone or going.
            return coordinator.replace(own, me.encode()) ? confirmed(coordinator.list()) : retryMillis();
        }
        return wait(own, other, entries);
    }

    private void renewOrOpen() {
        long now = environment.nanos();
        if (open) {
            try {
                confirmedNanos = Math.max(confirmedNanos, coordinator.renew(now));
                return;
            } catch (SessionGone e) {
                open = false;
                environment.warn("the session is gone, it is replaced: " + e.getMessage());
                now = environment.nanos();
            }
        }
        board.timeoutMillis(coordinator.open());
        open = true;
        confirmedNanos = now;
    }

    private long appear(Member me, List<Entry> entries) {
        if (joined.isDone() && !lost) {
            // Listeners are to hear of it, so it lasts for a moment.
            publishLost(entries, "the others saw this node gone; it joins again");
            return AGAIN_MILLIS;
        } else if (!joined.isDone() && entries.size() >= MAX_MEMBERS) {
            refuse(new MembershipException("there are " + entries.size() + " members, the most that can be. Nothing"
                    + " was changed. Stop another node first"));
            return 0;
        }
        return coordinator.create(me.name(), me.encode()) ? confirmed(coordinator.list()) : AGAIN_MILLIS;
    }

    /** Our entry was seen, or made, after the session had been confirmed. */
    private long confirmed(List<Entry> entries) {
        Member me = self;
        Entry own = me == null ? null : find(me, entries);
        if (own == null || !own.ours()) {
            return AGAIN_MILLIS;
        }
        blocker = null;
        lost = false;
        board.confirm(confirmedNanos);
        publish(entries, State.JOINED);
        joined.complete(null);
        // Listeners hear of it when this confirmation has aged; view() knows by itself.
        environment.tell(board::tell, board.timeoutMillis() + 1);
        return board.timeoutMillis() / 4;
    }

    /** Another process has the name. */
    private long wait(Entry own, @Nullable Member other, List<Entry> entries) {
        long now = environment.nanos();
        if (joined.isDone()) {
            publishLost(
                    entries,
                    "another process has become the node \"" + own.name() + "\" meanwhile; this one waits"
                            + " until it is gone. Stop one of them");
            return retryMillis();
        }
        publish(entries, State.JOINING);
        Member seen = other == null ? stranger(own) : other;
        if (blocker == null) {
            blocker = seen;
            blockerSinceNanos = now;
        }
        long waited = (now - blockerSinceNanos) / 1_000_000;
        if (!seen.sameProcess(blocker) || waited > board.timeoutMillis() * LEFTOVER_TIMEOUTS + LEFTOVER_MORE_MILLIS) {
            refuse(new NameTakenException(seen));
            return 0;
        }
        return retryMillis();
    }

    /** Stands for a member whose text cannot be read. */
    private static Member stranger(Entry entry) {
        return new Member(entry.name(), "v" + entry.version(), "unknown:0", "", "", "unknown", 0);
    }

    private void refuse(MembershipException e) {
        over.set(true);
        try {
            endSession();
        } catch (RuntimeException unreachable) {
            // It holds no entry; it times out by itself.
        }
        board.leave();
        failJoin(e);
    }

    private void publishLost(List<Entry> entries, String why) {
        publish(entries, State.LOST);
        if (!lost) {
            lost = true;
            environment.warn(why);
        }
    }

    private void publish(List<Entry> entries, State state) {
        List<Member> members = new ArrayList<>();
        Set<String> strange = new HashSet<>();
        for (Entry entry : entries) {
            Member member = decode(entry);
            if (member != null) {
                members.add(member);
            } else {
                strange.add(entry.name());
                if (!unreadable.contains(entry.name())) {
                    environment.warn("the member \"" + entry.name() + "\" is left out: its entry cannot be read");
                }
            }
        }
        unreadable = strange;
        board.publish(new MembershipView(members, state));
    }

    private static @Nullable Member decode(Entry entry) {
        try {
            Member member = Member.decode(entry.text());
            return member.name().equals(entry.name()) ? member : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static @Nullable Entry find(Member me, List<Entry> entries) {
        for (Entry entry : entries) {
            if (entry.name().equals(me.name())) {
                return entry;
            }
        }
        return null;
    }
}
