package dev.odometer.cluster;

import dev.odometer.engine.Answer;
import dev.odometer.engine.BatchAnswer;
import dev.odometer.engine.Engine;
import dev.odometer.engine.EngineEnvironment;
import dev.odometer.engine.membership.Member;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Carries each {@link Parcel} to its shard's owner, and to the next owner, until its answer is final or its time is
 * over.
 * Only the engine's thread.
 */
final class Carrier {
    private static final long SWEEP_MILLIS = 50;

    private final ClusterConfig config;
    private final EngineEnvironment environment;
    private final Engine engine;
    private final Assignment assignment;
    private final Gate gate;
    private final Peers peers;
    private final Consumer<Member> nobodyThere;
    private final Set<Parcel> active = new LinkedHashSet<>();
    private final Map<String, Outbox> outboxes = new HashMap<>();
    private final Set<String> toFlush = new LinkedHashSet<>();
    private boolean sweeping;
    private Runnable onSweep = () -> {};
    private IntConsumer onFinish = shard -> {};
    private long retries;

    Carrier(
            ClusterConfig config,
            EngineEnvironment environment,
            Engine engine,
            Assignment assignment,
            Gate gate,
            Peers peers,
            Consumer<Member> nobodyThere) {
        this.config = config;
        this.environment = environment;
        this.engine = engine;
        this.assignment = assignment;
        this.gate = gate;
        this.peers = peers;
        this.nobodyThere = nobodyThere;
        assignment.onChange(this::reroute);
    }

    /** Says what to do in each sweep, while something is carried, and with the shard of each parcel that is done. */
    void listen(Runnable sweep, IntConsumer finish) {
        onSweep = sweep;
        onFinish = finish;
    }

    int active() {
        return active.size();
    }

    long retries() {
        return retries;
    }

    int calls() {
        return outboxes.values().stream().mapToInt(Outbox::calls).sum();
    }

    void carry(Parcel parcel) {
        active.add(parcel);
        route(parcel);
        keepSweeping();
    }

    private void route(Parcel parcel) {
        int number = ++parcel.attempt;
        String owner = assignment.owner(parcel.shard);
        parcel.target = owner;
        if (engine.isServing(parcel.shard) || (owner != null && assignment.isSelf(owner))) {
            gate.await(parcel.shard, config.parkMillis(), serving -> {
                if (parcel.done || parcel.attempt != number) {
                    return;
                }
                if (serving) {
                    submit(parcel, number);
                } else {
                    retryLater(parcel, number);
                }
            });
        } else if (owner != null) {
            outbox(owner).add(new Outbox.Attempt(parcel, number));
            flushSoon(owner);
        } else {
            retryLater(parcel, number);
        }
    }

    private void submit(Parcel parcel, int number) {
        parcel.unsettled++;
        if (parcel instanceof SessionParcel session) {
            engine.batchAsHome(session.call.operations(), session.call.identity())
                    .whenComplete((answer, error) -> answeredHere(session, number, answer));
        } else if (parcel instanceof TrainParcel train) {
            TrainParcel.Departure departure = train.depart();
            TrainParcel.submit(
                    engine,
                    departure.parts(),
                    (index, answers) -> verdict(train, number, departure.take(index, answers)));
        } else if (parcel instanceof ReadsParcel reads) {
            reads.submit(engine, answers -> answered(reads, number, answers));
        }
    }

    private void answeredHere(SessionParcel session, int number, @Nullable BatchAnswer answer) {
        if (answer == null) {
            verdict(session, number, Parcel.Verdict.IN_DOUBT);
        } else {
            verdict(session, number, session.done ? Parcel.Verdict.DONE : session.take(answer));
        }
    }

    /** An owner has answered. What is final is final, whichever attempt it answers. */
    void answered(ReadsParcel parcel, int number, List<Answer> answers) {
        verdict(parcel, number, parcel.done ? Parcel.Verdict.DONE : parcel.take(answers));
    }

    /** What became of an attempt; null where it is not over yet. */
    void verdict(Parcel parcel, int number, Parcel.@Nullable Verdict verdict) {
        if (parcel.done || verdict == null) {
            return;
        }
        if (verdict == Parcel.Verdict.DONE) {
            finish(parcel);
            return;
        }
        if (verdict == Parcel.Verdict.NO_EFFECT) {
            parcel.unsettled--;
        }
        retryLater(parcel, number);
    }

    /** An attempt has no answer. */
    void failed(Member to, Parcel parcel, int number, PeerException failure) {
        if (parcel.done) {
            return;
        }
        if (failure.hadNoEffect()) {
            parcel.unsettled--;
        }
        retryLater(parcel, number);
        if (parcel instanceof SessionParcel) {
            failed(to, failure);
        }
    }

    /** A call has failed as a whole. */
    void failed(Member to, PeerException failure) {
        if (failure.kind() == PeerException.Kind.NOBODY_THERE) {
            nobodyThere.accept(to);
        }
    }

    private void finish(Parcel parcel) {
        parcel.done = true;
        active.remove(parcel);
        parcel.finished();
        onFinish.accept(parcel.shard);
    }

    private void retryLater(Parcel parcel, int number) {
        if (parcel.attempt != number) {
            return; // another attempt is under way
        }
        retries++;
        parcel.target = null;
        long most = Math.min(config.maxPauseMillis(), Math.max(1, config.maxPauseMillis() / 20) << parcel.failures);
        parcel.failures = Math.min(parcel.failures + 1, 10);
        long pause = most - Math.floorMod(environment.randomLong(), most / 2 + 1);
        environment.schedule(
                () -> {
                    if (!parcel.done && parcel.attempt == number) {
                        route(parcel);
                    }
                },
                pause);
    }

    /** The owners have changed: what goes to another one now goes at once. */
    private void reroute() {
        for (Parcel parcel : new ArrayList<>(active)) {
            if (!parcel.done && !Objects.equals(parcel.target, assignment.owner(parcel.shard))) {
                parcel.failures = 0;
                route(parcel);
            }
        }
    }

    /** This node serves the shard now: what goes there goes to the own engine at once. */
    void arrived(int shard) {
        for (Parcel parcel : new ArrayList<>(active)) {
            if (!parcel.done && parcel.shard == shard && !(parcel instanceof SessionParcel)) {
                route(parcel);
            }
        }
    }

    private Outbox outbox(String name) {
        return outboxes.computeIfAbsent(name, none -> new Outbox(config, peers, this));
    }

    /** Sends at the end of this moment, so that what comes in it shares calls. */
    void flushSoon(String name) {
        if (toFlush.add(name)) {
            environment.execute(() -> {
                toFlush.remove(name);
                Member member = assignment.member(name);
                if (member != null) {
                    outbox(name).flush(member);
                } else {
                    outboxes.remove(name); // its parcels were routed to others when it went
                }
            });
        }
    }

    private void keepSweeping() {
        if (!sweeping) {
            sweeping = true;
            environment.schedule(this::sweep, SWEEP_MILLIS);
        }
    }

    private void sweep() {
        long now = environment.nanos();
        for (Parcel parcel : new ArrayList<>(active)) {
            if (!parcel.done && parcel.expire(now)) {
                finish(parcel);
            }
        }
        onSweep.run();
        sweeping = !active.isEmpty();
        if (sweeping) {
            environment.schedule(this::sweep, SWEEP_MILLIS);
        }
    }
}
