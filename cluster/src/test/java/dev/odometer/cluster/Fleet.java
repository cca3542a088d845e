package dev.odometer.cluster;

import dev.odometer.engine.Engine;
import dev.odometer.engine.EngineConfig;
import dev.odometer.engine.EngineListener;
import dev.odometer.engine.membership.Member;
import dev.odometer.testkit.MemoryCoordinator;
import dev.odometer.testkit.SharedMemoryStore;
import java.util.LinkedHashMap;
import java.util.Map;

/** Nodes in one thread, on one store, with a network and a coordinator between them. */
final class Fleet {
    static final int SHARDS = 8;

    final World world;
    final SharedMemoryStore store;
    final LossyNetwork network;
    final MemoryCoordinator coordinator;
    final Map<String, Node> nodes = new LinkedHashMap<>();
    private int incarnations;

    Fleet(long seed) {
        world = new World(seed);
        store = new SharedMemoryStore(SHARDS, task -> world.after(world.between(100, 2_000), task));
        network = new LossyNetwork(world, this);
        coordinator = new MemoryCoordinator(() -> world.micros() * 1_000);
    }

    /** A node that was started. */
    final class Node {
        final Member member;
        final World.Computer process = world.new Computer();
        final Engine engine;
        final ClusterNode cluster;
        final MemoryCoordinator.Session session;

        Node(String name) {
            member = new Member(name, "i" + incarnations++, name + ":1", "", "", "test", 0);
            session = coordinator.session(task -> world.after(world.between(1_000, 50_000), () -> process.run(task)));
            EngineConfig config = new EngineConfig(name, 3_600_000, 60_000, 3_600_000, 10_000, 1_000, 10_000, false);
            Relay relay = new Relay();
            engine = new Engine(config, store, process, relay);
            cluster = new ClusterNode(
                    ClusterConfig.defaults(), process, engine, store, member, session, network.from(this));
            relay.to = cluster.listener();
            cluster.start();
            session.join(member);
        }

        /** It ends now; the others see it when its session is over. */
        void kill() {
            process.dead = true;
            world.after(MemoryCoordinator.SESSION_MILLIS * 1_000, () -> coordinator.expire(member));
        }

        int served() {
            int served = 0;
            for (int shard = 0; shard < SHARDS; shard++) {
                served += engine.isServing(shard) ? 1 : 0;
            }
            return served;
        }
    }

    private static final class Relay implements EngineListener {
        EngineListener to = EngineListener.NONE;

        @Override
        public void acquired(int shard, long epoch, long counters) {
            to.acquired(shard, epoch, counters);
        }

        @Override
        public void lost(int shard, String reason) {
            to.lost(shard, reason);
        }
    }

    /** Starts a node, or one that was killed again. */
    Node start(String name) {
        Node node = new Node(name);
        nodes.put(name, node);
        return node;
    }

    Node at(String address) {
        return nodes.get(address.substring(0, address.indexOf(':')));
    }

    /** Whether each shard is served by exactly one living node. */
    boolean isSettled() {
        int served = 0;
        for (Node node : nodes.values()) {
            served += node.process.dead ? 0 : node.served();
        }
        return served == SHARDS;
    }
}
