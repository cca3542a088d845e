package dev.odometer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.odometer.systemtests.client.ByteWire;
import dev.odometer.systemtests.client.HttpWire;
import dev.odometer.systemtests.client.RedisWire;
import dev.odometer.systemtests.cluster.Cluster;
import dev.odometer.systemtests.cluster.ClusterView;
import dev.odometer.systemtests.cluster.Coordination;
import dev.odometer.systemtests.cluster.Node;
import dev.odometer.systemtests.load.Oracle;
import dev.odometer.systemtests.process.Commands;
import dev.odometer.systemtests.process.Seed;
import dev.odometer.systemtests.process.Servers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What can happen between a cluster and its coordinator; for each coordinator that there is. */
abstract class CoordinatedClusterKit {
    private static final int HELD = 20;

    @RegisterExtension
    final Servers servers = Servers.ofTest();

    abstract Coordination coordination();

    private long seed() {
        return Seed.next(getClass().getSimpleName());
    }

    @Test
    @Timeout(900)
    void totalsAreExactAfterAnOwnerWasKilledAndCameBackUnderItsName() {
        Cluster cluster = Cluster.ofThree(servers, coordination(), "name", seed());
        Node first = cluster.node(1);
        Commands.Result refused = servers.refused(cluster.another(first.name()).options());
        assertThat(refused.exitCode()).isEqualTo(78);
        assertThat(refused.err()).contains("n1").contains("name");
        cluster.awaitSettled().load();
        first.kill();
        // At once: the session of the process before has not ended yet.
        first.launch();
        cluster.underWay();
        first.awaitServing();
        // With the very shards that it had before: they follow from the names.
        cluster.awaitSettled().underWay().finishExactly();
    }

    @Test
    @Timeout(900)
    void anOwnerThatWasPausedPastItsSessionAcknowledgesNothingOfWhatItHeldAndReadsNothingOld() throws Exception {
        Cluster cluster = Cluster.ofThree(servers, coordination(), "pause", seed());
        Node paused = cluster.node(1);
        Node other = cluster.node(2);
        String counter = cluster.counterOf(paused, "held");
        long before = other.addOnce(counter, "before");
        cluster.load();
        long last = before;
        List<Object> answersOfTheFenced = new ArrayList<>();
        try (RedisWire held = paused.redis();
                RedisWire reading = paused.redis();
                ByteWire linearizable = new ByteWire(paused.options().httpPort())) {
            assertThat(held.call("PING")).isEqualTo("PONG");
            assertThat(reading.call("PING")).isEqualTo("PONG");
            paused.pause();
            // They wait in its sockets, and are the first thing that it sees when it wakes.
            for (int i = 0; i < HELD; i++) {
                held.send("INCR", counter);
            }
            held.flush();
            for (int i = 0; i < HELD; i++) {
                long next = other.addOnce(counter, "meanwhile-" + i);
                assertThat(next).isGreaterThan(last);
                last = next;
            }
            reading.send("GET", counter);
            reading.flush();
            linearizable.send(("GET " + HttpWire.counter(counter)
                            + "?consistency=linearizable HTTP/1.1\r\nHost: n1\r\nConnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.ISO_8859_1));
            paused.resume();
            String answer = linearizable.receive((int) Cluster.LIMIT.toMillis());
            assertThat(answer).contains("200 OK");
            assertThat(valueIn(answer)).as("a linearizable read").isGreaterThanOrEqualTo(last);
            assertThat(Long.parseLong(String.valueOf(reading.reply())))
                    .as("a read after more than a session without word of the coordinator")
                    .isGreaterThanOrEqualTo(last);
            for (int i = 0; i < HELD; i++) {
                answersOfTheFenced.add(held.reply());
            }
        }
        assertCountedAfter(last, answersOfTheFenced, cluster.oracle().bounds(counter));
        cluster.awaitSettled().underWay().finishExactly();
    }

    private static long valueIn(String answer) {
        return Long.parseLong(answer.replaceAll("(?s).*\"value\":(-?\\d+).*", "$1"));
    }

    /** What the paused owner was sent may count by way of the next owner, and by no other. */
    private static void assertCountedAfter(long last, List<Object> answers, Oracle.Bounds bounds) {
        for (long i = 0; i < last; i++) {
            bounds.acknowledge();
        }
        long at = last;
        for (Object answer : answers) {
            if (answer instanceof Long value) {
                assertThat(value)
                        .as("acknowledged by the fenced owner in %s", answers)
                        .isGreaterThan(at);
                at = value;
                bounds.acknowledge();
            } else {
                assertThat(String.valueOf(answer)).containsAnyOf("TRYAGAIN", "INDOUBT");
                bounds.doubt(1);
            }
        }
    }

    @Test
    @Timeout(900)
    void countingGoesOnWhileTheCoordinatorIsDownAndNothingIsLostWhenItReturns() {
        Cluster cluster =
                Cluster.ofThree(servers, coordination(), "down", seed()).load();
        ClusterView before = cluster.node(1).view();
        cluster.coordinator().kill();
        cluster.underWay();
        for (Node node : cluster.nodes()) {
            node.awaitView("to be without word", view -> view.membership().equals("suspended"));
        }
        cluster.underWay();
        assertThat(cluster.node(1).view().owners())
                .as("nobody took a shard over")
                .isEqualTo(before.owners());

        // A node that dies meanwhile is found at its closed port.
        cluster.node(3).kill();
        cluster.underWay();
        List<Node> rest = List.of(cluster.node(1), cluster.node(2));
        cluster.node(1).awaitView("to be served by the rest", view -> view.isServedBy(rest));

        cluster.coordinator().start();
        cluster.node(3).start();
        cluster.awaitSettled().underWay().finishExactly();
    }

    @Test
    @Timeout(900)
    void totalsAreExactAfterANodeWasCutFromTheCoordinatorOnly() {
        Cluster cluster = Cluster.ofThreeWithLines(servers, coordination(), "cutcoord", seed())
                .load();
        Node cut = cluster.node(1);
        cut.lines().cutCoordinator();
        cluster.node(2)
                .awaitView("to be without " + cut, view -> !view.members().containsKey(cut.name()));
        assertThat(cut.view().membership()).isNotEqualTo("joined");
        cluster.underWay().underWay();
        cut.lines().heal();
        cluster.awaitSettled().underWay().finishExactly();
    }
}
