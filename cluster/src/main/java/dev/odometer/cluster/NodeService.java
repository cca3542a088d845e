package dev.odometer.cluster;

import dev.odometer.cluster.ApplyCall.Reads;
import dev.odometer.engine.Answer;
import dev.odometer.engine.BatchAnswer;
import dev.odometer.engine.Engine;
import dev.odometer.engine.Outcome;
import dev.odometer.engine.RemotePart;
import dev.odometer.engine.membership.Member;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.model.Limits;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * What a node does for its peers: applies to its own shards what they send, and never hands it on, but for the parts
 * of a
 * session's batch. Only the engine's thread.
 */
public final class NodeService {
    private final ClusterConfig config;
    private final Engine engine;
    private final Assignment assignment;
    private final Gate gate;
    private final Forwarder forwarder;
    private final ClusterControl control;
    private final Room parked;

    NodeService(
            ClusterConfig config,
            Engine engine,
            Assignment assignment,
            Gate gate,
            Forwarder forwarder,
            ClusterControl control) {
        this.config = config;
        this.engine = engine;
        this.assignment = assignment;
        this.gate = gate;
        this.forwarder = forwarder;
        this.control = control;
        this.parked = new Room(config.maxParkedOperations(), Long.MAX_VALUE);
    }

    /**
     * Applies parts and reads; each unit is answered, {@link Outcome#UNAVAILABLE} where this is not the owner.
     *
     * @throws IllegalArgumentException if a part names a shard that there is not or that is not its keys'; nothing
     *     was
     *     applied
     */
    public void apply(ApplyCall call, ApplySink sink) {
        if (call.hops() > ClusterConfig.MAX_HOPS) {
            sink.ended(tooFar(call.hops()));
            return;
        }
        call.parts().forEach(this::check);
        call.reads().forEach(this::check);
        if (call.units() == 0) {
            sink.ended(null);
            return;
        }
        int[] open = {call.units()};
        TrainParcel.Answers answered = (unit, answers) -> {
            sink.answered(unit, answers);
            if (--open[0] == 0) {
                sink.ended(null);
            }
        };
        Map<Integer, List<Integer>> trains = new LinkedHashMap<>();
        for (int i = 0; i < call.parts().size(); i++) {
            trains.computeIfAbsent(call.parts().get(i).shard(), none -> new ArrayList<>())
                    .add(i);
        }
        trains.forEach((shard, units) -> apply(
                units.stream().map(call.parts()::get).toList(),
                (index, answers) -> answered.answered(units.get(index), answers)));
        for (int i = 0; i < call.reads().size(); i++) {
            int unit = call.parts().size() + i;
            read(call.reads().get(i), answers -> answered.answered(unit, answers));
        }
    }

    private void check(RemotePart part) {
        part.operations().forEach(operation -> check(part.shard(), operation.key()));
        checkShard(part.shard());
    }

    private void check(Reads reads) {
        if (reads.keys().isEmpty() || reads.keys().size() > Limits.MAX_BATCH_OPERATIONS) {
            throw new IllegalArgumentException(reads.keys().size() + " reads together");
        }
        reads.keys().forEach(key -> check(reads.shard(), key));
    }

    private void check(int shard, Key key) {
        if (key.shard(engine.shardCount()) != shard) {
            throw new IllegalArgumentException("a key of another shard than " + shard);
        }
    }

    private void checkShard(int shard) {
        if (shard < 0 || shard >= engine.shardCount()) {
            throw new IllegalArgumentException("there is no shard " + shard);
        }
    }

    /** Applies the parts of one shard in their order: what one caller sends to a shard in a call keeps it. */
    private void apply(List<RemotePart> parts, TrainParcel.Answers answered) {
        int weight = parts.stream().mapToInt(RemotePart::answers).sum();
        whenServing(parts.get(0).shard(), weight, outcome -> {
            if (outcome == Outcome.VALUE) {
                TrainParcel.submit(engine, parts, answered);
                return;
            }
            for (int i = 0; i < parts.size(); i++) {
                answered.answered(i, all(outcome, parts.get(i).answers()));
            }
        });
    }

    private void read(Reads reads, Consumer<List<Answer>> answered) {
        whenServing(reads.shard(), reads.keys().size(), outcome -> {
            if (outcome == Outcome.VALUE) {
                ReadsParcel.readHere(engine, reads, answered);
            } else {
                answered.accept(all(outcome, reads.keys().size()));
            }
        });
    }

    /** Handles a session's batch as its home. */
    public CompletionStage<BatchAnswer> sessionBatch(SessionCall call) {
        if (call.hops() >= ClusterConfig.MAX_HOPS) {
            return CompletableFuture.failedFuture(tooFar(call.hops()));
        }
        checkShard(call.shard());
        CompletableFuture<BatchAnswer> result = new CompletableFuture<>();
        whenServing(call.shard(), SessionParcel.weight(call.operations()), outcome -> {
            if (outcome != Outcome.VALUE) {
                result.complete(SessionParcel.refusedWith(outcome));
                return;
            }
            forwarder.passed(
                    call.hops(),
                    () -> engine.batchAsHome(call.operations(), call.identity()).whenComplete((answer, error) -> {
                        if (answer != null) {
                            result.complete(answer);
                        } else {
                            result.completeExceptionally(Failure.of(error));
                        }
                    }));
        });
        return result;
    }

    /** A peer has given up shards for this node, is leaving, or only asks whether this node is there. */
    public void handoff(Member from, HandoffCall call) {
        control.handedOver(from, call);
    }

    private void whenServing(int shard, int weight, Consumer<Outcome> action) {
        if (engine.isServing(shard)) {
            action.accept(Outcome.VALUE);
        } else if (!control.mayServe(shard)) {
            String owner = assignment.owner(shard);
            if (owner != null) {
                control.probe(owner); // the caller may know something that this node does not
            }
            action.accept(Outcome.UNAVAILABLE);
        } else if (!parked.enter(weight, 0)) {
            action.accept(Outcome.BUSY);
        } else {
            gate.await(shard, config.parkMillis(), serving -> {
                parked.leave(weight, 0);
                action.accept(serving ? Outcome.VALUE : Outcome.UNAVAILABLE);
            });
        }
    }

    private static List<Answer> all(Outcome outcome, int count) {
        return Collections.nCopies(count, new Answer(outcome, 0, false));
    }

    private static PeerException tooFar(int hops) {
        return new PeerException(PeerException.Kind.REFUSED, "it has passed " + hops + " nodes already", null);
    }
}
