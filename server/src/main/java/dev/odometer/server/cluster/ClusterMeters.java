package dev.odometer.server.cluster;

import dev.odometer.cluster.ClusterState;
import dev.odometer.engine.membership.MembershipView;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The meters of a node of a cluster, as of the last {@link #refresh}. Thread-safe. */
final class ClusterMeters {
    private final Supplier<ClusterState> source;
    private volatile @Nullable ClusterState state;

    ClusterMeters(MeterRegistry registry, Supplier<ClusterState> source) {
        this.source = source;
        gauge(
                registry,
                "odometer.cluster.members",
                "Nodes that this one knows, itself included",
                s -> s.members().size());
        gauge(
                registry,
                "odometer.cluster.members.suspected",
                "Nodes at whose address nobody listens",
                s -> s.members().stream().filter(ClusterState.Peer::suspected).count());
        gauge(
                registry,
                "odometer.cluster.joined",
                "1 while the coordinator confirms this node's session, else 0",
                s -> s.membership() == MembershipView.State.JOINED ? 1 : 0);
        gauge(
                registry,
                "odometer.cluster.shards.missing",
                "Shards that this node is to serve and does not",
                ClusterState::missing);
        gauge(
                registry,
                "odometer.forward.waiting",
                "Operations handed on that wait for an answer",
                ClusterState::waiting);
        gauge(registry, "odometer.forward.calls", "Calls to other nodes that are on their way", ClusterState::calls);
        total(registry, "odometer.forward.operations", "Operations handed on to owners", ClusterState::forwarded);
        total(registry, "odometer.forward.retries", "Attempts that were made again", ClusterState::retries);
    }

    /** Takes the figures of this moment. Only the engine's thread. */
    void refresh() {
        state = source.get();
    }

    private double figure(ToDoubleFunction<ClusterState> of) {
        ClusterState now = state;
        return now == null ? 0 : of.applyAsDouble(now);
    }

    private void gauge(MeterRegistry registry, String name, String description, ToDoubleFunction<ClusterState> of) {
        Gauge.builder(name, this, meters -> meters.figure(of))
                .description(description)
                .register(registry);
    }

    private void total(MeterRegistry registry, String name, String description, ToDoubleFunction<ClusterState> of) {
        FunctionCounter.builder(name, this, meters -> meters.figure(of))
                .description(description)
                .register(registry);
    }
}
