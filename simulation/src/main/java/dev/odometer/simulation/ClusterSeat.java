package dev.odometer.simulation;

import dev.odometer.cluster.ClusterNode;
import dev.odometer.engine.EngineListener;
import dev.odometer.engine.membership.Member;
import dev.odometer.engine.membership.Membership;
import dev.odometer.engine.membership.MembershipEnvironment;
import dev.odometer.engine.membership.MembershipView;
import dev.odometer.engine.membership.SessionMembership;
import java.util.concurrent.CompletionStage;

/** What makes a process a node of a cluster: its membership, and its part in it. Composed as the server composes it. */
final class ClusterSeat {
    private static final String PROCESS = "process-";

    final Member member;
    final ClusterNode cluster;
    final SimulatedCoordinator.Link link;
    private final SimulatedWorld world;
    private final SimulatedProcess process;
    private final Membership membership;

    ClusterSeat(SimulatedWorld world, SimulatedProcess process) {
        this.world = world;
        this.process = process;
        ClusterPlan plan = world.clusterPlan();
        this.member = new Member(
                process.node.name,
                PROCESS + process.number,
                process.node.name + ":1",
                "",
                "",
                "simulated",
                process.node.wallMillis());
        this.link = world.coordinator().link(process);
        this.membership = new SessionMembership(link, new Threads(), plan.sessionMillis());
        this.cluster = new ClusterNode(
                plan.config(),
                process,
                process.engine,
                process.store,
                member,
                membership,
                world.peerNetwork().from(process));
    }

    EngineListener listener() {
        return cluster.listener();
    }

    /** Begins, and joins. A process whose name is taken ends. */
    void start() {
        membership.listen(view -> world.timeline.note(
                process.name,
                "sees members",
                view.members().size(),
                view.state() == MembershipView.State.JOINED ? 1 : 0,
                new Sight(view)));
        cluster.start();
        membership.join(member).whenComplete((joined, refusal) -> {
            if (refusal != null && process.isAlive() && !process.isDraining()) {
                world.timeline.note(process.name, "cannot join", 0, 0, String.valueOf(refusal));
                world.fateOfRefused(process);
            }
        });
    }

    /** Gives up all shards in peace; completes when that is done. On the engine's thread. */
    CompletionStage<Void> giveUpAll() {
        return cluster.giveUpAll();
    }

    void leave() {
        membership.leave().whenComplete((left, refusal) -> world.timeline.note(process.name, "has left", 0, 0, null));
    }

    /** A view, as a report shows it. */
    private record Sight(MembershipView view) {
        @Override
        public String toString() {
            StringBuilder text = new StringBuilder(view.state().toString());
            view.members()
                    .forEach(member -> text.append(' ')
                            .append(member.name())
                            .append('#')
                            .append(member.incarnation().substring(PROCESS.length())));
            return text.toString();
        }
    }

    /** The membership's threads, as tasks of the process. */
    private final class Threads implements MembershipEnvironment {
        @Override
        public void coordinate(Runnable task, long delayMillis) {
            world.timeline.after(delayMillis * 1_000 + 200, () -> process.arrive(task));
        }

        @Override
        public void tell(Runnable task, long delayMillis) {
            world.timeline.after(delayMillis * 1_000 + 1, () -> process.arrive(task));
        }

        @Override
        public long nanos() {
            return process.nanos();
        }

        @Override
        public void warn(String message) {
            world.timeline.note(process.name, "warns", 0, 0, message);
        }

        @Override
        public void close(Runnable last) {
            last.run();
        }
    }
}
