package dev.odometer.systemtests;

import dev.odometer.systemtests.cluster.Cluster;
import dev.odometer.systemtests.cluster.Coordination;
import dev.odometer.systemtests.cluster.Fault;
import dev.odometer.systemtests.process.Seed;
import dev.odometer.systemtests.process.Servers;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Faults of all kinds for a long time, from a seed: {@code ./check --long} runs it, and nothing else does. Of the time,
 * 30 minutes or {@code -Dodometer.minutes}, each coordinator gets a half, and of that each kind of cluster.
 */
@Tag("long")
class ClusterLongIT {
    private static final int FAULTS_A_ROUND = 5;
    private static final Duration TIME = Duration.ofMinutes(Long.getLong("odometer.minutes", 30));

    @RegisterExtension
    final Servers servers = Servers.ofTest();

    @ParameterizedTest
    @EnumSource
    void totalsAreExactAfterFaultsOfAllKinds(Coordination coordination) {
        long seed = Seed.next("ClusterLongIT." + coordination);
        Random random = new Random(seed);
        run(Cluster.ofThree(servers, coordination, "long", seed), random, false);
        run(Cluster.ofThreeWithLines(servers, coordination, "lines", seed), random, true);
    }

    private static void run(Cluster cluster, Random random, boolean lines) {
        List<Fault> faults = Stream.of(Fault.values())
                .filter(fault -> lines || !fault.needsLines())
                .toList();
        long end = System.nanoTime() + TIME.toNanos() / 4;
        for (int round = 1; System.nanoTime() - end < 0; round++) {
            cluster.load();
            for (int i = 0; i < FAULTS_A_ROUND; i++) {
                Fault fault = faults.get(random.nextInt(faults.size()));
                System.out.println("round " + round + ": " + fault);
                fault.happenTo(cluster, random);
                cluster.underWay();
            }
            cluster.awaitSettled().finishExactly();
        }
        cluster.nodes().forEach(node -> node.kill());
    }
}
