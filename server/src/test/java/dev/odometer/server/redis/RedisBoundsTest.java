package dev.odometer.server.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.odometer.engine.EngineConfig;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is sent wrongly, too much or too slowly meets a bound; nobody else notices. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RedisBoundsTest {
    private static final RedisLimits DEFAULTS = RedisLimits.defaults();

    private static RedisFixture serverWith(RedisLimits limits) {
        return new RedisFixture(new RedisConfig(false, null, limits));
    }

    private static RedisLimits limits(
            int connections, int perConnection, int unanswered, long heldInput, long stalled) {
        return limits(connections, perConnection, unanswered, heldInput, stalled, DEFAULTS.maxStalled());
    }

    private static RedisLimits limits(
            int connections, int perConnection, int unanswered, long heldInput, long stalledMillis, int maxStalled) {
        return new RedisLimits(
                connections,
                perConnection,
                unanswered,
                DEFAULTS.maxReplyBytes(),
                heldInput,
                DEFAULTS.maxBulkBytes(),
                DEFAULTS.maxCommandBytes(),
                DEFAULTS.maxArguments(),
                maxStalled,
                stalledMillis,
                0,
                DEFAULTS.closeMillis());
    }

    @Test
    void aProtocolErrorIsToldAfterTheRepliesOwedAndEndsTheConnection() throws IOException {
        try (RedisFixture server = RedisFixture.withDefaults()) {
            for (String bad : List.of("*2147483648\r\n", "*1\r\n$-5\r\n", "*1\r\n$99999999999\r\n", "*1\r\n:1\r\n")) {
                try (RespClient client = server.client()) {
                    client.send(Resp.ascii("INCR a\r\nPING\r\n" + bad + "INCR never\r\n"));
                    assertThat(client.reply()).startsWith(":");
                    assertThat(client.reply()).isEqualTo("+PONG");
                    assertThat(client.reply()).startsWith("-ERR Protocol error: ");
                    assertThat(client.rest()).isEmpty();
                }
            }
            try (RespClient client = server.client()) {
                assertThat(client.call("MGET a never")).isEqualTo("[$4, nil]");
            }
            assertThat(server.count("odometer.redis.protocol.errors")).isEqualTo(4);
        }
    }

    @Test
    void aLineThatNeverEndsIsToldSo() throws IOException {
        try (RedisFixture server = RedisFixture.withDefaults();
                RespClient client = server.client()) {
            byte[] endless = new byte[1 << 20];
            Arrays.fill(endless, (byte) 'x');
            client.send(endless);
            assertThat(client.reply()).isEqualTo("-ERR Protocol error: too big inline request");
            assertThat(client.rest()).isEmpty();
        }
    }

    @Test
    void aBrowserThatWasMadeToTalkToThePortIsCutOff() throws IOException {
        try (RedisFixture server = RedisFixture.withDefaults();
                RespClient client = server.client()) {
            client.send(Resp.ascii("POST / HTTP/1.1\r\nHost: x\r\n\r\nINCR stolen\r\n"));
            assertThat(client.rest()).startsWith("-ERR unknown command 'POST'").doesNotContain(":1");
            try (RespClient other = server.client()) {
                assertThat(other.call("EXISTS stolen")).isEqualTo(":0");
            }
        }
    }

    @Test
    void randomGarbageNeitherKillsTheServerNorCounts() throws IOException {
        long seed = System.nanoTime();
        System.out.println("RedisBoundsTest.randomGarbageNeitherKillsTheServerNorCounts seed " + seed);
        Random random = new Random(seed);
        try (RedisFixture server = RedisFixture.withDefaults();
                RespClient watcher = server.client()) {
            watcher.call("SET watched 7");
            for (int i = 0; i < 150; i++) {
                byte[] garbage = new byte[1 + random.nextInt(2_000)];
                random.nextBytes(garbage);
                // No letters, so that no command comes about.
                for (int k = 0; k < garbage.length; k++) {
                    garbage[k] = Character.isLetter(garbage[k] & 0xFF) ? (byte) '*' : garbage[k];
                }
                try (RespClient client = server.client()) {
                    client.send(garbage);
                    client.socket().shutdownOutput();
                    client.rest();
                } catch (SocketException cutOff) {
                    assertThat(cutOff).hasMessageMatching("(?i).*(reset|broken pipe).*");
                }
            }
            assertThat(watcher.call("GET watched")).isEqualTo("$7");
            assertThat(watcher.call("DBSIZE")).isEqualTo(":1");
            await().until(() -> watcher.call("CLIENT LIST").lines().count() == 1);
        }
    }

    @Test
    void oneConnectionTooManyIsToldSo() throws IOException {
        try (RedisFixture server = serverWith(limits(2, 100, 1_000, 1 << 20, 10_000));
                RespClient first = server.client()) {
            assertThat(first.call("PING")).isEqualTo("+PONG");
            try (RespClient second = server.client()) {
                assertThat(second.call("PING")).isEqualTo("+PONG");
                try (RespClient third = server.client()) {
                    assertThat(third.rest()).isEqualTo("-ERR max number of clients reached\r\n");
                }
            }
            await().untilAsserted(() -> {
                try (RespClient again = server.client()) {
                    assertThat(again.call("PING")).isEqualTo("+PONG");
                }
            });
            assertThat(server.count("odometer.redis.connections.refused")).isPositive();
        }
    }

    @Test
    void aClientThatNeverReadsItsRepliesIsHeldBackAndThenCutOff() throws Exception {
        try (RedisFixture server = serverWith(limits(100, 1_000, 10_000, 8 << 20, 500));
                RespClient deaf = server.client();
                RespClient other = server.client()) {
            byte[] echo = RespClient.encode("ECHO", "x".repeat(10_000));
            CompletableFuture<Long> sent = CompletableFuture.supplyAsync(() -> {
                long bytes = 0;
                try {
                    OutputStream out = deaf.socket().getOutputStream();
                    while (bytes < 1L << 30) {
                        out.write(echo);
                        bytes += echo.length;
                    }
                } catch (IOException cutOff) {
                    return bytes;
                }
                return Long.MAX_VALUE;
            });
            for (int i = 1; i <= 200; i++) {
                assertThat(other.call("INCR a")).isEqualTo(":" + i);
            }
            // What it could send fits into the kernel's buffers and our bounds.
            assertThat(sent.get(30, TimeUnit.SECONDS)).isLessThan(64L << 20);
            assertThat(server.count("odometer.redis.stalled")).isEqualTo(1);
            assertThat(other.call("INCR a")).isEqualTo(":201");
        }
    }

    @Test
    void oneDeafClientTooManyIsCutOffAtOnce() throws Exception {
        RedisLimits minutes = limits(100, 1_000, 10_000, 8 << 20, 600_000, 1);
        try (RedisFixture server = serverWith(minutes);
                RespClient first = server.client();
                RespClient second = server.client()) {
            CompletableFuture<Void> one = flood(first);
            CompletableFuture<Void> other = flood(second);
            assertThatThrownBy(() -> CompletableFuture.anyOf(one, other).get(30, TimeUnit.SECONDS))
                    .hasRootCauseInstanceOf(IOException.class);
            assertThat(server.count("odometer.redis.stalled")).isEqualTo(1);
            try (RespClient third = server.client()) {
                assertThat(third.call("INCR a")).isEqualTo(":1");
            }
        }
    }

    /** Asks for long replies for ever; ends when the connection is cut. */
    private static CompletableFuture<Void> flood(RespClient client) {
        byte[] echo = RespClient.encode("ECHO", "x".repeat(10_000));
        return CompletableFuture.runAsync(() -> {
            try {
                while (true) {
                    client.send(echo);
                }
            } catch (IOException cutOff) {
                throw new UncheckedIOException(cutOff);
            }
        });
    }

    @Test
    void moreCommandsThanTheBoundsAllowAreSlowerNotWrong() throws Exception {
        // The engine would say BUSY at 300: the connections stop at 100 and never meet it.
        EngineConfig engine = new EngineConfig("test", 60_000, 60_000, 60_000, 1_000, 1_000, 300, true);
        RedisConfig config = new RedisConfig(false, null, limits(100, 64, 100, 16 << 20, 10_000));
        try (RedisFixture server = new RedisFixture(config, new MemoryStore(2), engine)) {
            List<CompletableFuture<Void>> clients = new ArrayList<>();
            for (int c = 0; c < 8; c++) {
                String key = "k" + c;
                clients.add(CompletableFuture.runAsync(() -> count(server, key, 5_000)));
            }
            for (CompletableFuture<Void> client : clients) {
                client.get(40, TimeUnit.SECONDS);
            }
        }
    }

    private static void count(RedisFixture server, String key, int times) {
        try (RespClient client = server.client()) {
            CompletableFuture<Void> sender = CompletableFuture.runAsync(() -> {
                try {
                    client.send(("INCR " + key + "\r\n").repeat(times).getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            for (int i = 1; i <= times; i++) {
                assertThat(client.reply()).isEqualTo(":" + i);
            }
            sender.join();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void heldInputIsBoundedOverAllConnections() throws IOException {
        try (RedisFixture server = serverWith(limits(100, 100, 1_000, 500_000, 10_000));
                RespClient first = server.client();
                RespClient second = server.client()) {
            byte[] half = Resp.ascii("*2\r\n$4\r\nECHO\r\n$250000\r\n" + "x".repeat(200_000));
            first.send(half);
            await().until(() -> second.call("CLIENT LIST").contains("qbuf=200023"));
            try (RespClient third = server.client()) {
                third.send(half);
                assertThat(third.reply()).startsWith("-TRYAGAIN too much input waits in this server");
                assertThat(third.rest()).isEmpty();
            }
            first.send(Resp.ascii("x".repeat(50_000) + "\r\n"));
            assertThat(first.reply()).hasSize(250_001);
            assertThat(second.call("PING")).isEqualTo("+PONG");
        }
    }

    @Test
    void aClientThatSaysNoMoreStillGetsItsReplies() throws IOException {
        try (RedisFixture server = RedisFixture.withDefaults();
                RespClient client = server.client()) {
            server.onLoop(() -> server.memory().hold());
            client.send(Resp.ascii("INCR a\r\nINCR a\r\nPING\r\nINC"));
            client.socket().shutdownOutput();
            try (RespClient other = server.client()) {
                assertThat(other.call("PING")).isEqualTo("+PONG");
            }
            server.onLoop(() -> server.memory().release());
            assertThat(client.rest()).isEqualTo(":1\r\n:2\r\n+PONG\r\n");
        }
    }

    @Test
    void quitEndsAfterItsReplyAndRunsNothingMore() throws IOException {
        try (RedisFixture server = RedisFixture.withDefaults();
                RespClient client = server.client()) {
            client.send(Resp.ascii("INCR a\r\nQUIT\r\nINCR a\r\n"));
            assertThat(client.rest()).isEqualTo(":1\r\n+OK\r\n");
            try (RespClient other = server.client()) {
                assertThat(other.call("GET a")).isEqualTo("$1");
            }
        }
    }

    @Test
    void closingAnswersWhatWasAcceptedFirst() throws Exception {
        RedisFixture server = RedisFixture.withDefaults();
        try (RespClient client = server.client()) {
            assertThat(client.call("PING")).isEqualTo("+PONG");
            server.onLoop(() -> server.memory().hold());
            client.send(Resp.ascii("INCR a\r\nINCR a\r\nPING\r\n"));
            await().until(() -> server.onLoop(() -> server.meters
                            .get("odometer.redis.commands")
                            .tags("command", "ping", "outcome", "ok")
                            .functionCounter()
                            .count()
                    == 2));
            CompletableFuture<Void> closed = server.server.close().toCompletableFuture();
            assertThatThrownBy(() -> {
                        try (RespClient late = server.client()) {
                            late.call("PING");
                        }
                    })
                    .isInstanceOfAny(IllegalStateException.class, EOFException.class, SocketException.class);
            assertThat(closed).isNotDone();
            server.onLoop(() -> server.memory().release());
            assertThat(client.rest()).isEqualTo(":1\r\n:2\r\n+PONG\r\n");
            closed.get(20, TimeUnit.SECONDS);
        } finally {
            server.close();
        }
    }

    @Test
    void aPortInUseIsToldAtTheStart() {
        try (RedisFixture server = RedisFixture.withDefaults()) {
            assertThatThrownBy(() -> server.startAnother(server.port)).hasCauseInstanceOf(BindException.class);
        }
    }
}
