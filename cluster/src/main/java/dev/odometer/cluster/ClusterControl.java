package dev.odometer.cluster;

import dev.odometer.engine.Engine;
import dev.odometer.engine.EngineEnvironment;
import dev.odometer.engine.membership.Member;
import dev.odometer.engine.membership.MembershipView;
import dev.odometer.engine.store.Head;
import dev.odometer.engine.store.Store;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the shards to where they belong: acquires those of this node, gives up those of others, and hands them over.
 * Only the engine's thread.
 *
 * <p>None of it is needed for safety: the store refuses whoever is not the owner. What it decides is how quick a
 * takeover
 * is, and that planned moves refuse nothing.
 */
final class ClusterControl {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterControl.class);
    private static final long FIRST_PAUSE_MILLIS = 200;
    private static final long LAST_PAUSE_MILLIS = 2_000;
    /** How many shards are acquired at a time, and how many peers are asked in a tick whether they are there. */
    private static final int AT_A_TIME = 64;

    private static final int PROBES = 8;
    private static final long HANDOFF_PAUSE_MILLIS = 20;
    private static final long CALM_MILLIS = 10_000;

    private final ClusterConfig config;
    private final EngineEnvironment environment;
    private final Engine engine;
    private final Store store;
    private final Assignment assignment;
    private final Suspicions suspicions;
    private final Tenure tenure;
    private final Peers peers;
    private final Wish[] wishes;
    private final Map<String, List<Integer>> handoffs = new LinkedHashMap<>();
    private final Set<String> probing = new HashSet<>();
    private int handingOver;
    private int acquiring;
    private int probed;
    private int confirmed;
    private boolean reconciling;
    private boolean leaving;
    private boolean stopped;
    private @Nullable CompletableFuture<Void> left;

    /** What is under way with one shard. */
    private static final class Wish {
        /** Whether the store is being asked, or the engine acquires or releases. */
        boolean busy;

        /** Not to be acquired before this time. */
        long notBefore;

        /** Until when to wait for the living owner to hand it over; 0 where nobody is waited for. */
        long waitUntil;

        /** Until when it counts as handed over to this node; 0 where it was not. */
        long handedOverUntil;

        long lostAt;
        int losses;
    }

    ClusterControl(
            ClusterConfig config,
            EngineEnvironment environment,
            Engine engine,
            Store store,
            Assignment assignment,
            Suspicions suspicions,
            Tenure tenure,
            Peers peers) {
        this.config = config;
        this.environment = environment;
        this.engine = engine;
        this.store = store;
        this.assignment = assignment;
        this.suspicions = suspicions;
        this.tenure = tenure;
        this.peers = peers;
        this.wishes = new Wish[engine.shardCount()];
        for (int i = 0; i < wishes.length; i++) {
            wishes[i] = new Wish();
            wishes[i].notBefore = environment.nanos();
        }
        assignment.onChange(this::reconcileSoon);
    }

    /** Begins to look after the shards. */
    void start() {
        tick();
    }

    /** Ends looking after the shards; they stay as they are. */
    void stop() {
        stopped = true;
    }

    private void tick() {
        if (stopped) {
            return;
        }
        suspicions.review();
        tenure.sinceNanos();
        List<Member> others = assignment.others();
        for (int i = 0; i < Math.min(PROBES, others.size()); i++) {
            probed = (probed + 1) % others.size();
            probe(others.get(probed).name());
        }
        reconcile();
        confirmNext();
        environment.schedule(this::tick, config.tickMillis());
    }

    /**
     * Asks the store about one shard that is served here: nodes whose views differ may have taken it over, which an
     * owner to whom nobody writes does not notice otherwise.
     */
    private void confirmNext() {
        for (int i = 0; i < wishes.length; i++) {
            confirmed = (confirmed + 1) % wishes.length;
            if (engine.isServing(confirmed)) {
                engine.confirm(confirmed);
                return;
            }
        }
    }

    /** Asks a peer whether it is there, unless it is being asked already. */
    void probe(String name) {
        Member member = assignment.member(name);
        if (member == null || assignment.isSelf(name) || stopped || !probing.add(name)) {
            return;
        }
        peers.handoff(member, leaving ? new HandoffCall(List.of(), true) : HandoffCall.PROBE)
                .whenComplete((done, error) -> {
                    probing.remove(name);
                    if (error == null) {
                        suspicions.reached(member);
                    } else if (Failure.of(error).kind() == PeerException.Kind.NOBODY_THERE) {
                        suspicions.nobodyThere(member);
                    }
                });
    }

    /** Whether this node may come to serve a shard soon. */
    boolean mayServe(int shard) {
        return assignment.isMine(shard) || wishes[shard].handedOverUntil > environment.nanos();
    }

    /** A peer has given up shards for this node, or is leaving. */
    void handedOver(Member from, HandoffCall call) {
        suspicions.reached(from);
        long until = environment.nanos() + config.handoffMillis() * 1_000_000;
        for (int shard : call.shards()) {
            if (shard < 0 || shard >= wishes.length) {
                throw new IllegalArgumentException("there is no shard " + shard);
            }
            wishes[shard].handedOverUntil = until;
            if (engine.isServing(shard)) {
                engine.doubt(shard); // the caller has had it meanwhile
            }
        }
        if (call.leaving()) {
            assignment.leaves(from);
        }
        if (!call.shards().isEmpty()) {
            reconcileSoon();
        }
    }

    /** The engine has dropped a shard: the store knows another owner, or could not be asked. */
    void lost(int shard) {
        Wish wish = wishes[shard];
        long now = environment.nanos();
        wish.losses = now - wish.lostAt > CALM_MILLIS * 1_000_000 ? 1 : Math.min(wish.losses + 1, 10);
        wish.lostAt = now;
        long pause = Math.min(LAST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << (wish.losses - 1));
        wish.notBefore = now + (pause / 2 + Math.floorMod(environment.randomLong(), pause)) * 1_000_000;
        wish.handedOverUntil = 0;
        reconcileSoon();
    }

    private void reconcileSoon() {
        if (!reconciling) {
            reconciling = true;
            environment.execute(() -> {
                reconciling = false;
                reconcile();
            });
        }
    }

    private void reconcile() {
        if (stopped) {
            return;
        }
        if (assignment.state() == MembershipView.State.LOST) {
            if (left != null) {
                left.complete(null);
            }
            return; // it goes on with what it has; others have taken the rest, and the store decides
        }
        long now = environment.nanos();
        for (int shard = 0; shard < wishes.length; shard++) {
            Wish wish = wishes[shard];
            if (wish.busy) {
                continue;
            }
            boolean mine = assignment.isMine(shard);
            if (mine && !engine.isServing(shard) && now >= wish.notBefore) {
                if (acquiring < AT_A_TIME) {
                    acquire(shard, wish, now);
                }
            } else if (!mine && engine.isServing(shard) && assignment.owner(shard) != null) {
                release(shard, wish);
            } else if (!mine) {
                wish.waitUntil = 0;
            }
        }
        checkLeft();
    }

    private void acquire(int shard, Wish wish, long now) {
        if (wish.handedOverUntil > now || (wish.waitUntil != 0 && now >= wish.waitUntil)) {
            take(shard, wish);
            return;
        }
        wish.busy = true;
        store.head(shard)
                .whenComplete((head, error) -> environment.execute(() -> {
                    wish.busy = false;
                    if (head == null || error != null) {
                        pause(wish);
                    } else if (assignment.isMine(shard) && !engine.isServing(shard)) {
                        if (ownerIsThere(head) && wish.handedOverUntil <= environment.nanos()) {
                            if (wish.waitUntil == 0) {
                                wish.waitUntil = environment.nanos() + config.handoffMillis() * 1_000_000;
                            }
                        } else {
                            take(shard, wish);
                        }
                    }
                }));
    }

    /** Whether a living other node may still serve it, and is to be given the time to hand it over. */
    private boolean ownerIsThere(Head head) {
        return !head.owner().isEmpty() && !assignment.isSelf(head.owner()) && assignment.isThere(head.owner());
    }

    private void take(int shard, Wish wish) {
        wish.busy = true;
        wish.waitUntil = 0;
        acquiring++;
        engine.acquire(shard).whenComplete((status, error) -> {
            wish.busy = false;
            acquiring--;
            wish.handedOverUntil = 0;
            if (error != null) {
                pause(wish);
                LOG.debug("shard {} could not be acquired", shard, error);
            }
            reconcileSoon();
        });
    }

    private void pause(Wish wish) {
        long pause = config.tickMillis() + Math.floorMod(environment.randomLong(), config.tickMillis());
        wish.notBefore = environment.nanos() + pause * 1_000_000;
    }

    private void release(int shard, Wish wish) {
        wish.busy = true;
        wish.handedOverUntil = 0;
        engine.release(shard).whenComplete((done, error) -> {
            wish.busy = false;
            String next = assignment.owner(shard);
            if (next != null && !assignment.isSelf(next)) {
                if (handoffs.isEmpty()) {
                    environment.execute(this::handOver);
                }
                handoffs.computeIfAbsent(next, none -> new ArrayList<>()).add(shard);
            }
            reconcileSoon();
        });
    }

    private void handOver() {
        Map<String, List<Integer>> now = new LinkedHashMap<>(handoffs);
        handoffs.clear();
        long until = environment.nanos() + config.handoffMillis() * 1_000_000;
        now.forEach((name, shards) -> handOver(name, shards, until));
        checkLeft();
    }

    /** Tells the next owner, again where it does not take the call: it may not have seen this node yet. */
    private void handOver(String name, List<Integer> shards, long untilNanos) {
        List<Integer> its = shards.stream()
                .filter(shard -> name.equals(assignment.owner(shard)))
                .toList();
        Member member = assignment.member(name);
        if (its.isEmpty() || member == null || environment.nanos() > untilNanos) {
            return; // the next owner finds out by itself
        }
        handingOver++;
        peers.handoff(member, new HandoffCall(its, leaving)).whenComplete((done, error) -> {
            if (error != null) {
                LOG.debug("shards {} were given up for '{}', which was not told", its, name, error);
                environment.schedule(
                        () -> {
                            handingOver--;
                            handOver(name, its, untilNanos);
                            checkLeft();
                        },
                        HANDOFF_PAUSE_MILLIS);
                return;
            }
            handingOver--;
            checkLeft();
        });
    }

    // --- leaving
    // ------------------------------------------------------------------------------------------------------------

    /**
     * Gives up all shards in peace, while there is somebody to take them. Completes when none is served here any
     * more,
     * or when there is nobody else.
     */
    CompletionStage<Void> leave(Member self) {
        if (left == null) {
            left = new CompletableFuture<>();
            leaving = true;
            assignment.leaves(self);
            assignment.others().forEach(other -> {
                probing.remove(other.name());
                probe(other.name());
            });
            reconcileSoon();
        }
        return left;
    }

    private void checkLeft() {
        if (left == null || left.isDone() || handingOver > 0 || !handoffs.isEmpty()) {
            return;
        }
        for (int shard = 0; shard < wishes.length; shard++) {
            boolean kept = engine.isServing(shard) && assignment.owner(shard) != null;
            if (kept || wishes[shard].busy) {
                return;
            }
        }
        left.complete(null);
    }
}
