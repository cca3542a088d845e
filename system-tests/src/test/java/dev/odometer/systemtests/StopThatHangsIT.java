package dev.odometer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.odometer.systemtests.client.HttpWire;
import dev.odometer.systemtests.client.RedisWire;
import dev.odometer.systemtests.process.ServerOptions;
import dev.odometer.systemtests.process.ServerProcess;
import dev.odometer.systemtests.process.Servers;
import dev.odometer.systemtests.process.Strace;
import dev.odometer.systemtests.process.Waiting;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A graceful stop on a disk that does not answer: it ends all the same, and what was acknowledged is there. */
@Timeout(120)
class StopThatHangsIT {
    private static final int ENDED_AT_ONCE = 143;
    private static final String SYNCS_TAKE_A_MINUTE = "inject=fdatasync,fsync:delay_enter=60000000";
    private static final Duration END_LIMIT = Duration.ofSeconds(40); // less than a sync takes

    @RegisterExtension
    final Servers servers = Servers.ofTest();

    private ServerOptions options;
    private ServerProcess server;

    @BeforeEach
    void startWithOneCounter() throws Exception {
        assumeTrue(Strace.isPermitted(), "needs strace, and the right to trace other processes");
        options = ServerOptions.on(servers.folder().resolve("data"));
        server = servers.start(options);
        new HttpWire(server.httpPort()).add("orders", 5, null);
    }

    /** Stops the server while a commit hangs in its sync. */
    private void stopWhileASyncHangs(int signals, String message) throws Exception {
        try (RedisWire redis = new RedisWire(server.redisPort(), 10_000);
                Strace strace = Strace.attach(server, SYNCS_TAKE_A_MINUTE)) {
            redis.send("INCR", "orders");
            redis.flush();
            Waiting.until(
                    "a sync hangs",
                    Duration.ofSeconds(20),
                    () -> strace.output().contains("sync("));
            server.terminate();
            Waiting.until(
                    "it stops", Duration.ofSeconds(20), () -> server.stderr().contains("stopping"));
            for (int signal = 2; signal <= signals; signal++) {
                server.terminate();
            }
            // A process whose thread the tracer holds cannot quite end: that it ends is seen when it is let go.
            Waiting.until("it ends", END_LIMIT, () -> server.stderr().contains(message));
        }
        assertThat(server.exitCode(END_LIMIT)).as(server.outputs()).isEqualTo(ENDED_AT_ONCE);
        assertThat(server.stderr()).contains("what was acknowledged is kept");
        ServerProcess next = servers.start(options);
        assertThat(new HttpWire(next.httpPort()).value("orders").orElse(0)).isBetween(5L, 6L);
    }

    @Test
    void aSecondSignalEndsItAtOnce() throws Exception {
        stopWhileASyncHangs(2, "stopped at once");
    }

    @Test
    void withoutOneItEndsWhenTheLimitHasPassed() throws Exception {
        stopWhileASyncHangs(1, "did not end within 10 s");
    }
}
