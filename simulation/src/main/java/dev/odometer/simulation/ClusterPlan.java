package dev.odometer.simulation;

import dev.odometer.cluster.ClusterConfig;
import java.util.EnumSet;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * What is particular to a world of whole nodes.
 *
 * @param nodesAtFirst how many nodes run from the beginning; the others join later
 * @param sessionMillis the session timeout that the coordinator grants
 * @param tellMicros how long the coordinator usually takes to tell of a change
 * @param rows how many clients send operations in a row, without waiting
 * @param trouble what kinds of trouble there are
 */
record ClusterPlan(
        int nodesAtFirst, long sessionMillis, long tellMicros, int rows, Set<Trouble> trouble, ClusterConfig config) {

    static ClusterPlan of(SplittableRandom random, int nodes, int pending) {
        long attempt = random.nextLong(300, 1_500);
        return new ClusterPlan(
                random.nextInt(2, nodes + 1),
                random.nextLong(600, 2_500),
                random.nextBoolean() ? 5_000 : random.nextLong(1_000, 300_000),
                random.nextInt(3),
                troubles(random),
                new ClusterConfig(
                        random.nextLong(2_000, 6_000),
                        attempt,
                        100,
                        // What waits and comes to be this node's own counts twice for a moment.
                        Math.min(pending / 2, random.nextInt(5) == 0 ? random.nextInt(6, 20) : Plan.AMPLE),
                        64L << 20,
                        random.nextInt(3) == 0 ? random.nextInt(100, 400) : 256 << 10,
                        random.nextInt(3) == 0 ? random.nextInt(100, 600) : 512 << 10,
                        random.nextInt(3) == 0 ? random.nextInt(1, 4) : 64,
                        random.nextInt(5) == 0 ? random.nextInt(4, 12) : Plan.AMPLE,
                        attempt / 2,
                        random.nextLong(300, 2_000),
                        random.nextLong(200, 500),
                        6 * 3_600_000L));
    }

    private static Set<Trouble> troubles(SplittableRandom random) {
        Set<Trouble> some = EnumSet.of(Trouble.CRASH);
        boolean all = random.nextInt(4) == 0;
        for (Trouble kind : Trouble.values()) {
            if (random.nextBoolean() || all) {
                some.add(kind);
            }
        }
        return some;
    }
}
