package dev.odometer.simulation;

import dev.odometer.engine.ShardStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Plays the cluster's fate: says which node ought to own which shard, and changes its mind; crashes, pauses and
 * drains processes, and moves clocks. Like real members of a cluster it may be wrong about who is alive, and it
 * does not always tell the old owner.
 */
final class Director implements Fate {
    private final SimulatedWorld world;
    private final SplittableRandom random;
    private final List<SimulatedNode> nodes;
    private final int[] owners;
    private final boolean[] asked;

    Director(SimulatedWorld world) {
        this.world = world;
        this.random = world.random.split();
        this.nodes = world.nodes;
        this.owners = new int[world.plan.shards()];
        this.asked = new boolean[owners.length * nodes.size()];
        for (int shard = 0; shard < owners.length; shard++) {
            owners[shard] = random.nextInt(nodes.size());
        }
    }

    /** Most often the right one. */
    @Override
    public SimulatedNode route(int shard) {
        boolean knows = world.network.isCalm() || random.nextInt(8) > 0;
        for (int any = 0; any < owners.length; any++) {
            if (any == shard || world.network.isCalm() || random.nextInt(8) == 0) {
                ensureServed(any);
            }
        }
        return nodes.get(knows ? owners[shard] : random.nextInt(nodes.size()));
    }

    @Override
    public void mayInterfere() {
        if (!world.network.happens(world.plan.mishapRate())) {
            return;
        }
        SimulatedNode node = nodes.get(random.nextInt(nodes.size()));
        int what = random.nextInt(100);
        if (what < 40) {
            move(random.nextInt(owners.length), random.nextInt(nodes.size()));
        } else if (what < 60) {
            crash(node);
        } else if (what < 85) {
            pause(node);
        } else if (what < 92) {
            node.jumpClock();
        } else {
            drain(node);
        }
    }

    /** One node serves everything from now on. */
    @Override
    public void calm() {
        nodes.forEach(SimulatedNode::start);
        int chosen = random.nextInt(nodes.size());
        for (SimulatedNode node : nodes) {
            SimulatedProcess process = node.process();
            if (process != null && process.isDraining()) {
                node.crash();
                forgetQuestions(node);
                node.start();
            }
        }
        for (int shard = 0; shard < owners.length; shard++) {
            for (int node = 0; node < nodes.size(); node++) {
                if (node != chosen) {
                    drop(nodes.get(node), shard);
                }
            }
            owners[shard] = chosen;
            ensureServed(shard);
        }
    }

    /** Has the node that ought to serve a shard acquire it, where it is up and does not. */
    void ensureServed(int shard) {
        int owner = owners[shard];
        SimulatedProcess process = nodes.get(owner).process();
        if (process == null) {
            if (random.nextInt(4) == 0) { // it has been noticed
                owners[shard] = random.nextInt(nodes.size());
            }
            return;
        }
        ShardStatus status = process.engine.shards().get(shard);
        int question = shard * nodes.size() + owner;
        if (!status.serving() && !asked[question]) {
            asked[question] = true;
            process.execute(
                    () -> process.engine.acquire(shard).whenComplete((done, failure) -> asked[question] = false));
        }
    }

    @Override
    public boolean isSettled() {
        return true; // clients have what is missing acquired
    }

    @Override
    public String unsettled() {
        return "";
    }

    private void move(int shard, int to) {
        int from = owners[shard];
        world.timeline.note("director", "moves shard to node", shard, to, null);
        if (from != to && random.nextBoolean()) {
            drop(nodes.get(from), shard);
        }
        owners[shard] = to;
        ensureServed(shard);
    }

    private void drop(SimulatedNode node, int shard) {
        @Nullable SimulatedProcess process = node.process();
        if (process != null) {
            process.execute(() -> {
                world.timeline.note(process.name, "drops shard", shard, 0, null);
                process.engine.drop(shard);
            });
        }
    }

    private void crash(SimulatedNode node) {
        world.stats.crashes++;
        node.crash();
        forgetQuestions(node);
        world.timeline.after(random.nextLong(10_000, 6_000_000), node::start);
    }

    private void pause(SimulatedNode node) {
        SimulatedProcess process = node.process();
        if (process == null) {
            return;
        }
        world.stats.pauses++;
        process.pause(
                random.nextLong(10, random.nextInt(4) == 0 ? world.plan.times().maxPauseMillis() : 3_000));
        List<Integer> itsShards = new ArrayList<>();
        for (int shard = 0; shard < owners.length; shard++) {
            if (nodes.get(owners[shard]) == node && random.nextInt(4) > 0) {
                itsShards.add(shard);
            }
        }
        int to = random.nextInt(nodes.size());
        world.timeline.after(
                random.nextLong(2_000_000),
                () -> itsShards.forEach(shard -> {
                    if (!world.network.isCalm()) {
                        owners[shard] = to;
                        ensureServed(shard);
                    }
                }));
    }

    /** Stops a process in the proper way: what it has accepted is answered before it ends. */
    private void drain(SimulatedNode node) {
        SimulatedProcess process = node.process();
        if (process == null || process.isDraining()) {
            return;
        }
        process.drain(() -> {
            if (node.process() == process && !world.network.isCalm()) {
                crash(node);
            }
        });
    }

    private void forgetQuestions(SimulatedNode node) {
        for (int shard = 0; shard < owners.length; shard++) {
            asked[shard * nodes.size() + nodes.indexOf(node)] = false;
        }
    }
}
