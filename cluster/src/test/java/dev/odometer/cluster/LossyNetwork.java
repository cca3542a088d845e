package dev.odometer.cluster;

import dev.odometer.engine.Answer;
import dev.odometer.engine.BatchAnswer;
import dev.odometer.engine.Remembering;
import dev.odometer.engine.RemotePart;
import dev.odometer.engine.membership.Member;
import dev.odometer.engine.model.IdentityId;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The network between the nodes of a {@link Fleet}: slow, and as lossy as a test wants it. */
final class LossyNetwork {
    private final World world;
    private final Fleet fleet;

    /**
     * One request, answer in so many is lost, and one request in so many comes twice, the second time late; 0:
     * none.
     */
    int loses;

    int doubles;

    /** A planted fault of the sender: lanes do not keep their number when a batch is sent again. */
    boolean renumbers;

    LossyNetwork(World world, Fleet fleet) {
        this.world = world;
        this.fleet = fleet;
    }

    private long latency() {
        return world.between(50, 800);
    }

    Peers from(Fleet.Node sender) {
        return new Wire(sender);
    }

    private final class Wire implements Peers {
        private final Fleet.Node from;

        Wire(Fleet.Node from) {
            this.from = from;
        }

        @Override
        public void apply(Member to, ApplyCall call, ApplySink sink) {
            ApplyCall sent = renumbers ? renumbered(call) : call;
            Once once = new Once(sink);
            send(to, once, node -> node.cluster.service().apply(sent, new Back(once)));
        }

        @Override
        public CompletionStage<BatchAnswer> sessionBatch(Member to, SessionCall call) {
            CompletableFuture<BatchAnswer> result = new CompletableFuture<>();
            Once once = new Once(failing(result));
            send(
                    to,
                    once,
                    node -> node.cluster
                            .service()
                            .sessionBatch(call)
                            .whenComplete((answer, error) -> back(() -> {
                                if (answer != null) {
                                    result.complete(answer);
                                } else {
                                    result.completeExceptionally(error);
                                }
                            })));
            return result;
        }

        @Override
        public CompletionStage<Void> handoff(Member to, HandoffCall call) {
            CompletableFuture<Void> result = new CompletableFuture<>();
            Once once = new Once(failing(result));
            send(to, once, node -> {
                node.cluster.service().handoff(from.member, call);
                back(() -> result.complete(null));
            });
            return result;
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

        private void send(Member to, Once once, Consumer<Fleet.Node> action) {
            from.process.schedule(
                    () -> once.ended(new PeerException(PeerException.Kind.NO_ANSWER, "too late", null)),
                    ClusterConfig.defaults().attemptMillis());
            if (!world.oneIn(loses)) {
                world.after(latency(), () -> arrive(to, once, action));
            }
            if (world.oneIn(doubles)) {
                world.after(world.between(0, 12_000) * 1_000L, () -> arrive(to, once, action));
            }
        }

        private void arrive(Member to, Once once, Consumer<Fleet.Node> action) {
            Fleet.Node node = fleet.at(to.address());
            if (node == null || node.process.dead) {
                PeerException nobody = new PeerException(PeerException.Kind.NOBODY_THERE, "nobody", null);
                world.after(latency(), () -> from.process.run(() -> once.ended(nobody)));
            } else if (!node.member.sameProcess(to)) {
                PeerException other = new PeerException(PeerException.Kind.REFUSED, "another", null);
                world.after(latency(), () -> from.process.run(() -> once.ended(other)));
            } else {
                node.process.run(() -> action.accept(node));
            }
        }

        /** Brings an answer back, unless it is lost. */
        private void back(Runnable action) {
            if (!world.oneIn(loses)) {
                world.after(latency(), () -> from.process.run(action));
            }
        }

        /** The way back of one call. */
        private final class Back implements ApplySink {
            private final Once once;

            Back(Once once) {
                this.once = once;
            }

            @Override
            public void answered(int unit, List<Answer> answers) {
                back(() -> once.answered(unit, answers));
            }

            @Override
            public void ended(@Nullable PeerException failure) {
                world.after(1_000, () -> from.process.run(() -> once.ended(failure)));
            }
        }
    }

    private ApplyCall renumbered(ApplyCall call) {
        List<RemotePart> parts = call.parts().stream()
                .map(part -> {
                    IdentityId id = new IdentityId(world.random.nextLong(), world.random.nextLong());
                    Remembering lane = Remembering.ofLane(id, 1, part.operations(), 60_000);
                    return part.remembering().sequence() == 0
                            ? part
                            : new RemotePart(part.shard(), part.operations(), lane);
                })
                .toList();
        return new ApplyCall(call.hops(), parts, call.reads());
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
