package dev.odometer.simulation;

import dev.odometer.cluster.ClusterState;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The fate of a cluster: everything that can happen to processes, networks, stores and coordinators, for a while each,
 * and several at a time. The nodes themselves see to their shards.
 */
final class ClusterFate implements Fate {
    private static final Trouble[] KINDS = Trouble.values();

    private final SimulatedWorld world;
    private final ClusterPlan plan;
    private final SimulatedCoordinator coordinator;
    private final SplittableRandom random;
    private final List<SimulatedNode> nodes;

    ClusterFate(SimulatedWorld world) {
        this.world = world;
        this.plan = world.clusterPlan();
        this.coordinator = world.coordinator();
        this.random = world.random.split();
        this.nodes = world.nodes;
        for (int i = 0; i < plan.nodesAtFirst(); i++) {
            nodes.get(i).start();
        }
    }

    @Override
    public SimulatedNode route(int shard) {
        SimulatedNode node = nodes.get(random.nextInt(nodes.size()));
        for (int i = 0; node.process() == null && i < nodes.size(); i++) { // a client notices who is down, mostly
            node = nodes.get((node.number + 1) % nodes.size());
        }
        return node;
    }

    @Override
    public void mayInterfere() {
        if (world.network.happens(world.plan.mishapRate())) {
            Trouble kind = KINDS[random.nextInt(KINDS.length)];
            if (plan.trouble().contains(kind)) {
                happens(kind, nodes.get(random.nextInt(nodes.size())));
            }
        }
    }

    private void happens(Trouble kind, SimulatedNode node) {
        int other = random.nextInt(nodes.size());
        long micros = random.nextInt(3) == 0 ? random.nextLong(4_000_000) : random.nextLong(10_000, 1_500_000);
        world.timeline.note("fate", kind.name(), node.number, micros / 1_000, null);
        world.stats.troubles.merge(kind, 1L, Long::sum);
        switch (kind) {
            case CRASH -> {
                world.stats.crashes++;
                node.crash();
                world.timeline.after(micros, node::start);
            }
            case PAUSE -> pause(node);
            case CLOCK -> node.jumpClock();
            case JOIN -> node.start();
            case DRAIN -> drain(node, micros);
            case CUT -> {
                world.links.cut(node.number, other);
                later(micros, () -> world.links.heal(node.number, other));
            }
            case REFUSE -> {
                world.links.refuse(other, node.number);
                later(micros, () -> world.links.acceptAgain(other, node.number));
            }
            case ISOLATE -> isolate(node, micros);
            case STORE_CUT -> {
                world.links.cutStore(node.number);
                later(micros, () -> world.links.healStore(node.number));
            }
            case STORE_DOWN ->
                nodes.forEach(one -> {
                    world.links.cutStore(one.number);
                    later(micros, () -> world.links.healStore(one.number));
                });
            case COORDINATOR_CUT -> {
                world.links.cutCoordinator(node.number);
                later(micros, () -> world.links.healCoordinator(node.number));
            }
            case COORDINATOR_DOWN -> {
                coordinator.goDown();
                boolean renews = random.nextInt(4) > 0;
                later(micros, () -> coordinator.comeBack(renews));
            }
            case COORDINATOR_LAGS -> {
                coordinator.lag(node.number, micros / 2);
                later(micros, () -> coordinator.lag(node.number, 0));
            }
            case COORDINATOR_LIES -> {
                coordinator.lie(node.number, true);
                later(micros, () -> coordinator.lie(node.number, false));
            }
            case COORDINATOR_KEEPS_DEAD -> {
                coordinator.keepDead(micros);
                later(micros, () -> coordinator.keepDead(0));
            }
            case SESSION_ENDS -> coordinator.endSomeSession();
        }
    }

    /** Ends a trouble after a time, unless all trouble has ended before. */
    private void later(long micros, Runnable end) {
        world.timeline.after(micros, () -> {
            if (!world.network.isCalm()) {
                end.run();
            }
        });
    }

    private void pause(SimulatedNode node) {
        SimulatedProcess process = node.process();
        if (process != null) {
            world.stats.pauses++;
            boolean pastTakeover = random.nextBoolean();
            process.pause(
                    pastTakeover
                            ? plan.sessionMillis() + random.nextLong(plan.sessionMillis())
                            : random.nextLong(10, plan.sessionMillis()));
        }
    }

    private void isolate(SimulatedNode node, long micros) {
        int directions = random.nextInt(1, 4);
        for (SimulatedNode one : nodes) {
            if (one != node) {
                if ((directions & 1) != 0) {
                    world.links.cut(node.number, one.number);
                    later(micros, () -> world.links.heal(node.number, one.number));
                }
                if ((directions & 2) != 0) {
                    world.links.cut(one.number, node.number);
                    later(micros, () -> world.links.heal(one.number, node.number));
                }
            }
        }
    }

    /** A node leaves as an operator wants it to, and may be started again: a rolling restart. */
    private void drain(SimulatedNode node, long downMicros) {
        SimulatedProcess process = node.process();
        if (process == null || process.isDraining()) {
            return;
        }
        world.stats.drains++;
        process.leave(() -> {
            if (node.process() == process) {
                node.crash();
                world.timeline.after(downMicros, node::start);
            }
        });
    }

    @Override
    public void calm() {
        world.links = new Links(nodes.size());
        coordinator.calm();
        for (SimulatedNode node : nodes) {
            SimulatedProcess process = node.process();
            if (process != null) {
                process.resume();
            }
            if (process == null || process.isDraining()) {
                node.crash();
                node.start();
            }
        }
    }

    @Override
    public boolean isSettled() {
        int served = 0;
        for (SimulatedNode node : nodes) {
            SimulatedProcess process = node.process();
            if (process == null) {
                return false;
            }
            ClusterState state = process.seat().cluster.state();
            if (!state.isReady()
                    || state.members().size() != nodes.size()
                    || state.members().stream().anyMatch(ClusterState.Peer::suspected)) {
                return false;
            }
            for (int shard = 0; shard < world.plan.shards(); shard++) {
                served += process.engine.isServing(shard) ? 1 : 0;
            }
        }
        return served == world.plan.shards();
    }

    @Override
    public String unsettled() {
        List<String> all = new ArrayList<>();
        for (SimulatedNode node : nodes) {
            SimulatedProcess process = node.process();
            all.add(
                    process == null
                            ? node.name + " is down"
                            : process.name + " " + process.seat().cluster.state() + " " + process.engine.stats() + " "
                                    + process.engine.shards());
        }
        return String.join("\n    ", all);
    }
}
