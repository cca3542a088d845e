package dev.odometer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.odometer.systemtests.client.HttpWire;
import dev.odometer.systemtests.cluster.Cluster;
import dev.odometer.systemtests.cluster.Coordination;
import dev.odometer.systemtests.cluster.Node;
import dev.odometer.systemtests.cluster.WrongClock;
import dev.odometer.systemtests.process.Seed;
import dev.odometer.systemtests.process.Servers;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A cluster whose nodes do not agree on the time. */
class ClusterClockIT {
    private static final int KEYS = 30;

    @RegisterExtension
    final Servers servers = Servers.ofTest();

    /** An hour, for that is how long identities are remembered, give or take a few minutes for clocks. */
    @ParameterizedTest
    @CsvSource({"+1h, clockfast", "-1h, clockslow"})
    @Timeout(900)
    void totalsAreExactAndRetriesAreKnownWhereOneClockIsWrong(String offset, String keyspace) throws IOException {
        Cluster cluster = Cluster.empty(servers, Coordination.ETCD, keyspace, Seed.next("ClusterClockIT"));
        Node wrong = cluster.add(WrongClock.of(offset));
        Node right = cluster.add();
        Node other = cluster.add();
        cluster.start();
        Map<String, Instant> started = right.view().members();
        assertThat(Duration.between(started.get(wrong.name()), started.get(right.name()))
                        .abs())
                .isGreaterThan(Duration.ofMinutes(50));

        Map<String, Long> first = new LinkedHashMap<>();
        for (int i = 0; i < KEYS; i++) {
            String counter = "clock/" + i;
            first.put(counter, right.addOnce(counter, "key-" + i));
            cluster.oracle().acknowledged(counter);
        }
        cluster.load();
        right.kill();
        other.kill();
        assertKnown(wrong, first);
        right.launch();
        other.start();
        right.awaitServing();
        cluster.awaitSettled();
        wrong.kill();
        assertKnown(right, first);
        wrong.start();
        cluster.awaitSettled().underWay().finishExactly();
    }

    /** Whose clock ever judges them, the retries get their first answers. */
    private static void assertKnown(Node node, Map<String, Long> first) throws IOException {
        int number = 0;
        for (Map.Entry<String, Long> entry : first.entrySet()) {
            String id = "key-" + number++;
            assertThat(node.addOnce(entry.getKey(), id)).as(id).isEqualTo(entry.getValue());
            HttpWire.Answer again = node.http().add(entry.getKey(), 1, id);
            assertThat(again.replayed()).as("%s: %s", id, again).isTrue();
        }
    }
}
