package dev.odometer.systemtests.cluster;

import dev.odometer.systemtests.process.Waiting;
import dev.odometer.testkit.cassandra.CassandraNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** What can happen to a cluster under load, from its beginning to where all is as before. */
public enum Fault {
    /** SIGKILL of a node. */
    KILL {
        @Override
        public void happenTo(Cluster cluster, Random random) {
            Node node = any(cluster.nodes(), random);
            node.kill();
            lasts(random);
            node.start();
        }
    },

    /** SIGKILL of two nodes at once. */
    KILL_TWO {
        @Override
        public void happenTo(Cluster cluster, Random random) {
            List<Node> two = shuffled(cluster.nodes(), random).subList(0, 2);
            two.forEach(Node::kill);
            lasts(random);
            two.forEach(Node::launch);
            two.forEach(Node::awaitServing);
        }
    },

    /** SIGTERM of a node. */
    STOP {
        @Override
        public void happenTo(Cluster cluster, Random random) {
            Node node = any(cluster.nodes(), random);
            node.stop();
            lasts(random);
            node.start();
        }
    },

    /** SIGSTOP and SIGCONT of a node. */
    PAUSE {
        @Override
        public void happenTo(Cluster cluster, Random random) {
            Node node = any(cluster.nodes(), random);
            node.pause();
            lasts(random);
            node.resume();
        }
    },

    /** SIGKILL of a replica of Cassandra. */
    REPLICA_KILLED {
        @Override
        public void happenTo(Cluster cluster, Random random) {
            CassandraNode replica = any(cluster.cassandra().nodes(), random);
            replica.kill();
            lasts(random);
            cluster.cassandra().start(replica);
        }
    },

    /** Two replicas of Cassandra stand still. */
    QUORUM_LOST {
        @Override
        public void happenTo(Cluster cluster, Random random) {
            List<CassandraNode> two =
                    shuffled(cluster.cassandra().nodes(), random).subList(0, 2);
            two.forEach(CassandraNode::pause);
            lasts(random);
            two.forEach(CassandraNode::resume);
        }
    },

    /** SIGKILL of the coordinator. */
    COORDINATOR_KILLED {
        @Override
        public void happenTo(Cluster cluster, Random random) {
            cluster.coordinator().kill();
            lasts(random);
            cluster.coordinator().start();
        }
    },

    /** A node is cut from the store. */
    CUT_STORE {
        @Override
        public void happenTo(Cluster cluster, Random random) {
            heal(any(cluster.nodes(), random), random, Lines::cutStore);
        }
    },

    /** A node is cut from the coordinator. */
    CUT_COORDINATOR {
        @Override
        public void happenTo(Cluster cluster, Random random) {
            heal(any(cluster.nodes(), random), random, Lines::cutCoordinator);
        }
    },

    /** A node does not get through to another. */
    CUT_PEER {
        @Override
        public void happenTo(Cluster cluster, Random random) {
            List<Node> two = shuffled(cluster.nodes(), random);
            heal(two.get(0), random, lines -> lines.cutPeer(two.get(1)));
        }
    },

    /** A node gets through to another, and hears nothing of it. */
    LOSE_ANSWERS {
        @Override
        public void happenTo(Cluster cluster, Random random) {
            List<Node> two = shuffled(cluster.nodes(), random);
            heal(two.get(0), random, lines -> lines.loseAnswersOf(two.get(1)));
        }
    };

    private static final int LONGEST_MILLIS = 12_000;

    /** Begins, lasts for a while, and ends, with all nodes started again. */
    public abstract void happenTo(Cluster cluster, Random random);

    /** Whether it needs a cluster with {@link Lines}. */
    public boolean needsLines() {
        return compareTo(CUT_STORE) >= 0;
    }

    /** What is done to the lines of a node. */
    private interface Cut {
        void of(Lines lines);
    }

    private static void heal(Node node, Random random, Cut cut) {
        cut.of(node.lines());
        lasts(random);
        node.lines().heal();
    }

    private static void lasts(Random random) {
        Waiting.pause(random.nextInt(LONGEST_MILLIS));
    }

    private static <T> T any(List<T> all, Random random) {
        return all.get(random.nextInt(all.size()));
    }

    private static <T> List<T> shuffled(List<T> all, Random random) {
        List<T> some = new ArrayList<>(all);
        Collections.shuffle(some, random);
        return some;
    }
}
