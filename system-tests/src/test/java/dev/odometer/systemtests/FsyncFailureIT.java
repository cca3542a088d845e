package dev.odometer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.odometer.systemtests.client.HttpWire;
import dev.odometer.systemtests.client.RedisWire;
import dev.odometer.systemtests.load.Oracle;
import dev.odometer.systemtests.load.Target;
import dev.odometer.systemtests.load.Workload;
import dev.odometer.systemtests.process.Seed;
import dev.odometer.systemtests.process.ServerOptions;
import dev.odometer.systemtests.process.ServerProcess;
import dev.odometer.systemtests.process.Servers;
import dev.odometer.systemtests.process.Strace;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A disk whose sync fails: the process ends rather than promise anything more. */
@Timeout(120)
class FsyncFailureIT {
    private static final int DISK_FAILED = 74;
    private static final Duration END_LIMIT = Duration.ofSeconds(20);

    @RegisterExtension
    final Servers servers = Servers.ofTest();

    @BeforeEach
    void straceWorks() {
        assumeTrue(Strace.isPermitted(), "needs strace, and the right to trace other processes");
    }

    @Test
    void nothingIsAcknowledgedThatWasNotSynced() throws Exception {
        ServerOptions options = ServerOptions.on(servers.folder().resolve("data"));
        ServerProcess server = servers.start(options);
        HttpWire http = new HttpWire(server.httpPort());
        http.add("orders", 5, null);
        try (RedisWire redis = new RedisWire(server.redisPort(), 10_000);
                Strace strace =
                        Strace.attach(server, "inject=fdatasync,fsync,msync,sync_file_range:error=EIO:when=1+")) {
            redis.send("INCR", "orders");
            redis.flush();
            Object reply;
            try {
                reply = redis.reply();
            } catch (IOException e) {
                reply = "the connection ended";
            }
            assertThat(reply).as("an INCR whose sync failed").isNotInstanceOf(Long.class);
            assertThat(server.exitCode(END_LIMIT))
                    .as(server.outputs() + strace.output())
                    .isEqualTo(DISK_FAILED);
        }
        assertThat(server.stderr()).contains("fatal", "disk").doesNotContain("\tat ");

        ServerProcess next = servers.start(options);
        assertThat(new HttpWire(next.httpPort()).value("orders").orElse(0)).isBetween(5L, 6L);
    }

    /**
     * Also one failure among successes: the kernel reports it once, and the next sync succeeds although the data is
     * lost.
     */
    @ParameterizedTest(name = "failing: {0}")
    @ValueSource(strings = {"when=3", "when=20", "when=5+"})
    void theProcessEndsByItselfAndTotalsAreExactAfterTheNextStart(String which) throws Exception {
        long seed = Seed.next("FsyncFailureIT");
        ServerOptions options =
                ServerOptions.on(servers.folder().resolve("data")).onPorts(servers.port(), servers.port());
        Target target = new Target(options.httpPort(), options.redisPort(), Duration.ofSeconds(5));
        Oracle oracle = new Oracle();
        ServerProcess server = servers.start(options);
        try (Workload load = Workload.start("fsync", target, oracle, seed)) {
            load.awaitAnswers(500, Duration.ofSeconds(20));
            try (Strace strace = Strace.attach(server, "inject=fdatasync,fsync:error=EIO:" + which)) {
                assertThat(server.exitCode(END_LIMIT))
                        .as(server.outputs() + strace.output())
                        .isEqualTo(DISK_FAILED);
            }
            assertThat(server.stderr()).contains("fatal", "disk").doesNotContain("\tat ");
            server = servers.start(options);
            load.awaitAnswers(500, Duration.ofSeconds(20));
            load.finish(Duration.ofSeconds(20));
        }
        oracle.assertNoComplaints();
        oracle.assertTotals(server.httpPort(), server.redisPort());
    }
}
