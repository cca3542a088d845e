package dev.odometer.simulation;

import dev.odometer.cluster.ApplyCall;
import dev.odometer.cluster.ApplySink;
import dev.odometer.cluster.ClusterNode;
import dev.odometer.cluster.HandoffCall;
import dev.odometer.cluster.PeerException;
import dev.odometer.cluster.PeerException.Kind;
import dev.odometer.cluster.Peers;
import dev.odometer.cluster.SessionCall;
import dev.odometer.engine.Answer;
import dev.odometer.engine.BatchAnswer;
import dev.odometer.engine.membership.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The network between nodes: calls are late, so that they overtake each other; they are lost, arrive twice, or are
 * refused, and so are their answers. Who may call whom is checked as a node's port does it.
 */
final class PeerNetwork {
    private final SimulatedWorld world;

    PeerNetwork(SimulatedWorld world) {
        this.world = world;
    }

    /** The way of one process to the others. */
    Peers from(SimulatedProcess process) {
        return new Wire(process);
    }

    /** What arrives at a node. */
    private interface Arrival {
        void at(ClusterNode node, Member caller, Stream answers);
    }

    private final class Wire implements Peers {
        private final SimulatedProcess process;
        private final PeerFaults faults;

        Wire(SimulatedProcess process) {
            this.process = process;
            this.faults = new PeerFaults(world.fault, process.random());
        }

        @Override
        public void apply(Member to, ApplyCall call, ApplySink sink) {
            Once once = new Once(faults.mistaken(sink));
            ApplyCall sent = faults.sent(to, call);
            send(
                    to,
                    once,
                    (node, caller, answers) ->
                            node.service().apply(faults.received(sent), new Answering(answers, once)));
        }

        @Override
        public CompletionStage<BatchAnswer> sessionBatch(Member to, SessionCall call) {
            CompletableFuture<BatchAnswer> result = new CompletableFuture<>();
            send(
                    to,
                    new Once(failing(result)),
                    (node, caller, answers) -> node.service()
                            .sessionBatch(call)
                            .whenComplete((answer, error) -> answers.send(() -> {
                                if (answer != null) {
                                    result.complete(answer);
                                } else {
                                    result.completeExceptionally(error);
                                }
                            })));
            return result;
        }

        @Override
        @SuppressWarnings("NullAway") // a Void has no value
        public CompletionStage<Void> handoff(Member to, HandoffCall call) {
            CompletableFuture<Void> result = new CompletableFuture<>();
            send(to, new Once(failing(result)), (node, caller, answers) -> {
                node.service().handoff(caller, call);
                answers.send(() -> result.complete(null));
            });
            return result;
        }

        private void send(Member to, Once once, Arrival arrival) {
            world.stats.calls++;
            process.requireEngineThread("a peer");
            world.timeline.after(world.clusterPlan().config().attemptMillis() * 1_000, () -> {
                if (!once.over) {
                    fail(once, Kind.NO_ANSWER);
                }
            });
            SimulatedNode node = world.nodeAt(to.address());
            int from = process.node.number;
            if (world.links.refuses(from, node.number)) {
                world.timeline.after(world.network.delay(), () -> fail(once, Kind.NOBODY_THERE));
            } else if (world.links.reaches(from, node.number)) {
                world.network.send(false, () -> arrive(to, node, once, arrival));
            }
        }

        private void arrive(Member to, SimulatedNode node, Once once, Arrival arrival) {
            SimulatedProcess there = node.process();
            if (there == null) {
                if (world.links.reaches(node.number, process.node.number)) {
                    world.timeline.after(world.network.delay(), () -> fail(once, Kind.NOBODY_THERE));
                }
                return;
            }
            there.execute(() -> take(to, there, once, arrival));
        }

        private void take(Member to, SimulatedProcess there, Once once, Arrival arrival) {
            Stream answers = new Stream(there, process, false);
            ClusterNode node = there.seat().cluster;
            Member self = process.seat().member;
            Member caller = node.callers().caller(self.name(), self.incarnation());
            if (caller == null || !node.callers().isForMe(to.incarnation())) {
                answers.send(() -> once.ended(new PeerException(Kind.REFUSED, "not for me, or of a stranger", null)));
                return;
            }
            try {
                arrival.at(node, caller, answers);
                if (world.network.happens(world.plan.duplicateRate())) {
                    // At once, for a later copy of what was refused might be taken: connections do no such thing. Late
                    // copies are what callers send again that have waited for too long.
                    arrival.at(node, caller, new Stream(there, process, true));
                }
            } catch (IllegalArgumentException e) {
                world.fail(there.name + " was called in a way that nobody may call: " + e, e);
            }
        }

        private void fail(Once once, Kind kind) {
            process.execute(() -> once.ended(new PeerException(kind, "there was no answer", null)));
        }

        private ApplySink failing(CompletableFuture<?> result) {
            return new ApplySink() {
                @Override
                public void answered(int unit, List<Answer> answers) {}

                @Override
                public void ended(@Nullable PeerException failure) {
                    result.completeExceptionally(failure);
                }
            };
        }
    }

    /** The way back of one call: in order, and broken where something of it is lost. */
    private final class Stream {
        private final SimulatedProcess from;
        private final SimulatedProcess to;
        private long arrivesMicros;
        private boolean broken;

        Stream(SimulatedProcess from, SimulatedProcess to, boolean unheard) {
            this.from = from;
            this.to = to;
            this.broken = unheard;
        }

        void send(Runnable message) {
            broken |= !world.links.reaches(from.node.number, to.node.number)
                    || world.network.happens(world.plan.lossRate());
            if (!broken) {
                long now = world.timeline.now();
                arrivesMicros = Math.max(arrivesMicros + 1, now + world.network.delay());
                world.timeline.after(arrivesMicros - now, () -> to.execute(message));
            }
        }

        SimulatedProcess from() {
            return from;
        }
    }

    /** Sends the answers of each moment together. */
    private static final class Answering implements ApplySink {
        private final Stream answers;
        private final Once once;
        private @Nullable List<Consumer<ApplySink>> ready;

        Answering(Stream answers, Once once) {
            this.answers = answers;
            this.once = once;
        }

        @Override
        public void answered(int unit, List<Answer> some) {
            List<Consumer<ApplySink>> message = ready;
            if (message == null) {
                message = new ArrayList<>();
                ready = message;
                answers.from().execute(this::flush);
            }
            List<Answer> copy = List.copyOf(some);
            message.add(sink -> sink.answered(unit, copy));
        }

        private void flush() {
            List<Consumer<ApplySink>> message = ready;
            ready = null;
            if (message != null) {
                answers.send(() -> message.forEach(part -> part.accept(once)));
            }
        }

        @Override
        public void ended(@Nullable PeerException failure) {
            flush();
            answers.send(() -> once.ended(failure));
        }
    }

    /** Ends a call once. */
    private static final class Once implements ApplySink {
        private final ApplySink sink;
        private boolean over;

        Once(ApplySink sink) {
            this.sink = sink;
        }

        @Override
        public void answered(int unit, List<Answer> answers) {
            if (!over) {
                sink.answered(unit, answers);
            }
        }

        @Override
        public void ended(@Nullable PeerException failure) {
            if (!over) {
                over = true;
                sink.ended(failure);
            }
        }
    }
}
