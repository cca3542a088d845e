package dev.odometer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.odometer.systemtests.load.Oracle;
import dev.odometer.systemtests.load.Target;
import dev.odometer.systemtests.load.Workload;
import dev.odometer.systemtests.process.Seed;
import dev.odometer.systemtests.process.ServerOptions;
import dev.odometer.systemtests.process.ServerProcess;
import dev.odometer.systemtests.process.Servers;
import dev.odometer.systemtests.process.Waiting;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A server that stands still for a while: SIGSTOP, as a virtual machine that is moved. */
class PauseIT {
    @RegisterExtension
    final Servers servers = Servers.ofTest();

    @Test
    @Timeout(120)
    void clientsWhoseRequestsTimeOutCountOnceWhenTheServerGoesOn() throws Exception {
        long seed = Seed.next("PauseIT");
        Random random = new Random(seed);
        ServerOptions options =
                ServerOptions.on(servers.folder().resolve("data")).onPorts(servers.port(), servers.port());
        Oracle oracle = new Oracle();
        ServerProcess server = servers.start(options);
        Target target = new Target(options.httpPort(), options.redisPort(), Duration.ofMillis(800));
        try (Workload load = Workload.start("pause", target, oracle, seed)) {
            for (int pause = 1; pause <= 5; pause++) {
                load.awaitAnswers(200 + random.nextInt(1_500), Duration.ofSeconds(20));
                server.pause();
                Waiting.pause(500 + random.nextInt(2_000));
                server.resume();
            }
            load.awaitAnswers(1_000, Duration.ofSeconds(20));
            load.finish(Duration.ofSeconds(20));
        }
        System.out.println("PauseIT: " + oracle.answeredCount() + " operations answered, " + oracle.retriedCount()
                + " requests sent again");
        assertThat(oracle.retriedCount()).as("some requests timed out").isPositive();
        oracle.assertNoComplaints();
        oracle.assertTotals(server.httpPort(), server.redisPort());
        server.kill9();
        server = servers.start(options);
        oracle.assertTotals(server.httpPort(), server.redisPort());
    }
}
