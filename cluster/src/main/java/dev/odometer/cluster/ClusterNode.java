package dev.odometer.cluster;

import dev.odometer.engine.Engine;
import dev.odometer.engine.EngineEnvironment;
import dev.odometer.engine.EngineListener;
import dev.odometer.engine.membership.Member;
import dev.odometer.engine.membership.Membership;
import dev.odometer.engine.membership.MembershipView;
import dev.odometer.engine.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One node's part in a cluster: brings the shards that are this node's to its engine, and what belongs to others to
 * them.
 *
 * <p>The engine must be made with {@code reacquire} off, and its events passed on to {@link #listener}. All methods
 * but
 * {@link #callers} are called on the engine's thread. It joins and leaves nothing by itself: whoever composes the
 * node
 * joins the membership when the node can be called.
 */
public final class ClusterNode {
    private final EngineEnvironment environment;
    private final Engine engine;
    private final Member self;
    private final Membership membership;
    private final Assignment assignment;
    private final Tenure tenure;
    private final Gate gate;
    private final Carrier carrier;
    private final Forwarder forwarder;
    private final ClusterControl control;
    private final NodeService service;
    private final Callers callers;

    /** Puts a node together. The engine forwards by it from now on. */
    public ClusterNode(
            ClusterConfig config,
            EngineEnvironment environment,
            Engine engine,
            Store store,
            Member self,
            Membership membership,
            Peers peers) {
        this.environment = environment;
        this.engine = engine;
        this.self = self;
        this.membership = membership;
        callers = new Callers(self, environment::nanos);
        assignment = new Assignment(self, engine.shardCount());
        tenure = new Tenure(membership, environment::nanos);
        gate = new Gate(engine, environment);
        Suspicions suspicions = new Suspicions(assignment, environment::nanos, membership::sessionTimeoutMillis);
        carrier = new Carrier(config, environment, engine, assignment, gate, peers, suspicions::nobodyThere);
        forwarder = new Forwarder(config, environment, engine.shardCount(), carrier, tenure::sinceNanos);
        control = new ClusterControl(config, environment, engine, store, assignment, suspicions, tenure, peers);
        service = new NodeService(config, engine, assignment, gate, forwarder, control);
        engine.forwardTo(forwarder);
    }

    /** Begins to follow the membership. */
    public void start() {
        membership.listen(view -> {
            callers.update(view);
            environment.execute(() -> {
                tenure.update(view);
                assignment.update(view);
            });
        });
        control.start();
    }

    /** What is to be told of the engine's events. */
    public EngineListener listener() {
        return new EngineListener() {
            @Override
            public void acquired(int shard, long epoch, long counters) {
                forwarder.arrived(shard, engine); // at once: nothing that comes from now on may be applied before it
                environment.execute(() -> gate.open(shard));
            }

            @Override
            public void lost(int shard, String reason) {
                control.lost(shard);
            }
        };
    }

    /** What this node does for its peers. */
    public NodeService service() {
        return service;
    }

    /** Who may call this node. Thread-safe. */
    public Callers callers() {
        return callers;
    }

    /**
     * Gives up all shards in peace: what was accepted is finished, the next owners are told, and what comes from now
     * on is
     * forwarded to them. Completes when nothing is served here any more, or when there is nobody to take it.
     */
    public CompletionStage<Void> giveUpAll() {
        return control.leave(self);
    }

    /** Stops looking after shards and peers. What is being forwarded goes on. */
    public void stop() {
        control.stop();
    }

    /** Where the node stands. */
    public ClusterState state() {
        List<ClusterState.Peer> members = new ArrayList<>();
        MembershipView view = membership.view();
        view.members()
                .forEach(member -> members.add(new ClusterState.Peer(
                        member.name(),
                        member.address(),
                        member.httpAddress(),
                        member.redisAddress(),
                        member.version(),
                        member.startedMillis(),
                        assignment.isSuspected(member.name()))));
        List<@Nullable String> owners = new ArrayList<>();
        int missing = 0;
        for (int shard = 0; shard < engine.shardCount(); shard++) {
            owners.add(assignment.owner(shard));
            if (assignment.isMine(shard) && !engine.isServing(shard)) {
                missing++;
            }
        }
        return new ClusterState(
                self.name(),
                view.state(),
                members,
                owners,
                missing,
                forwarder.operations(),
                forwarder.waiting(),
                carrier.retries(),
                carrier.calls());
    }
}
