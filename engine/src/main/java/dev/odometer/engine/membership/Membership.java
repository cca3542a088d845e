package dev.odometer.engine.membership;

import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Who is alive. One instance is one node's membership: it joins once, and after it has left or was closed it is over.
 *
 * <p>Membership makes takeovers quick. It never makes anything safe: views of nodes may differ for a while, and the
 * store alone decides who owns a shard.
 *
 * <p>All methods may be called from any thread, and none but {@link #close} waits.
 */
public interface Membership extends AutoCloseable {
    /**
     * Becomes a member. Completes when the coordinator holds the entry, so that all that look see it. While the
     * coordinator cannot be reached it goes on trying, in state {@link MembershipView.State#JOINING}.
     *
     * <p>A name belongs to one process at a time. Where an entry of that name exists, this waits for as long as the
     * entry of a dead process lasts; a process that was restarted so takes its name over. If the entry is still there
     * after that, the stage fails with {@link NameTakenException}, and nothing was changed.
     *
     * <p>After that it stays a member by itself: a session that is lost is replaced, under the same incarnation. If
     * another process has got the name meanwhile, the state stays {@link MembershipView.State#LOST} until that is gone.
     *
     * @throws IllegalStateException if it was called before
     */
    CompletionStage<Void> join(Member self);

    /**
     * The newest view. It is {@link MembershipView.State#JOINED} only within {@link #sessionTimeoutMillis} of
     * {@link #confirmedNanos}, also when the process has just woken up from a pause and nothing else has run yet.
     */
    MembershipView view();

    /**
     * Calls the listener with the view of now, and with the newest one after each change, in order. All listeners are
     * called on one thread of the membership, and must not wait. A listener that is slow may miss views between, never
     * the newest.
     */
    void listen(Consumer<MembershipView> listener);

    /**
     * When the session was last known to be alive, on the clock that the membership was given. It is a time before the
     * request that confirmed the session was sent: as long as no more than {@link #sessionTimeoutMillis} have passed
     * since, nobody can have seen this node gone. {@link Long#MIN_VALUE} if it never was a member.
     */
    long confirmedNanos();

    /** After how many milliseconds without a sign of life the others see a node gone, at the earliest. */
    long sessionTimeoutMillis();

    /**
     * Ceases to be a member; the others see it at once. The state is {@link MembershipView.State#LEFT} from now on, and
     * a join that has not completed fails.
     *
     * <p>Fails with {@link MembershipException} if the coordinator did not take it: the others then see this node go
     * when its session times out.
     */
    CompletionStage<Void> leave();

    /**
     * Leaves, if that was not done before, and releases connections and threads. Waits for at most a few seconds. No
     * listener is called after it.
     */
    @Override
    void close();
}
