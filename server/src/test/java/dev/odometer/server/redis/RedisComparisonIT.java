package dev.odometer.server.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same commands to a Redis and to us have the same replies. */
class RedisComparisonIT {
    private static final String[] KEYS = {"a", "b", "c", "d"};
    private static final String[] NUMBERS = {
        "0",
        "1",
        "-1",
        "7",
        "9223372036854775807",
        "-9223372036854775808",
        "9223372036854775806",
        "4611686018427387904",
        "9223372036854775808",
        "-9223372036854775809",
        "+1",
        "01",
        "-0",
        "1.0",
        "''",
        "abc",
        "' 1'"
    };

    @TempDir
    private Path directory;

    private final RedisFixture server = RedisFixture.withFlushAll();
    private Process redis;
    private int redisPort;

    @BeforeEach
    void startRedis() throws IOException {
        Programs.require("redis-server", "redis-server");
        try (ServerSocket free = new ServerSocket(0)) {
            redisPort = free.getLocalPort();
        }
        redis = new ProcessBuilder(
                        "redis-server",
                        "--port",
                        Integer.toString(redisPort),
                        "--bind",
                        "127.0.0.1",
                        "--databases",
                        "1",
                        "--save",
                        "",
                        "--dir",
                        directory.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("redis.log").toFile())
                .start();
        await().atMost(20, TimeUnit.SECONDS).ignoreExceptions().until(() -> {
            try (RespClient client = new RespClient(redisPort)) {
                return client.call("PING").equals("+PONG");
            }
        });
    }

    @AfterEach
    void stop() {
        if (redis != null) {
            redis.destroyForcibly();
        }
        server.close();
    }

    @Test
    void randomCommandsHaveTheSameReplies() throws IOException {
        long seed = System.nanoTime();
        System.out.println("RedisComparisonIT seed " + seed);
        Random random = new Random(seed);
        try (RespClient theirs = new RespClient(redisPort);
                RespClient ours = server.client()) {
            for (int i = 0; i < 20_000; i++) {
                String command = next(random);
                assertThat(ours.call(command)).as("seed %d: %s", seed, command).isEqualTo(theirs.call(command));
            }
        }
    }

    private static String next(Random random) {
        String key = KEYS[random.nextInt(KEYS.length)];
        String other = KEYS[random.nextInt(KEYS.length)];
        String number = NUMBERS[random.nextInt(NUMBERS.length)];
        // A valid value for SET: Redis would take any text there.
        String value = NUMBERS[random.nextInt(8)];
        return switch (random.nextInt(16)) {
            case 0 -> "INCR " + key;
            case 1 -> "DECR " + key;
            case 2, 3 -> "INCRBY " + key + " " + number;
            case 4, 5 -> "DECRBY " + key + " " + number;
            case 6 -> "GET " + key;
            case 7 -> "SET " + key + " " + value;
            case 8 -> "SET " + key + " " + value + " NX";
            case 9 -> "SET " + key + " " + value + " XX GET";
            case 10 -> "SET " + key + " " + value + " GET NX";
            case 11 -> "DEL " + key + " " + other;
            case 12 -> "EXISTS " + key + " " + other + " " + key;
            case 13 -> "MGET " + key + " " + other;
            case 14 -> "TYPE " + key;
            default -> "DBSIZE";
        };
    }

    @Test
    void theProtocolsFormsAndErrorsAreTheSame() throws IOException {
        List<String> commands = List.of(
                "PING",
                "PING hi",
                "PING a b",
                "ECHO 'a b'",
                "ECHO",
                "incr",
                "FOO",
                "foo a 'b c'",
                "SELECT 0",
                "SELECT x",
                "SELECT 99",
                "CLIENT foo",
                "CLIENT SETNAME",
                "CLIENT SETNAME 'a b'",
                "CLIENT SETNAME x",
                "CLIENT GETNAME",
                "CONFIG foo",
                "CONFIG GET",
                "CONFIG GET save",
                "CONFIG GET no-such-parameter",
                "HELLO 4",
                "HELLO x",
                "HELLO 3 foo",
                "AUTH a",
                "AUTH foo x",
                "AUTH a b c",
                "AUTH default x",
                "SET a 1 NX XX",
                "SET a 1 EX",
                "SET a 1 foo",
                "SET a",
                "SCAN x",
                "SCAN 0 COUNT 0",
                "SCAN 0 COUNT x",
                "SCAN 0 MATCH",
                "SCAN 0 foo bar",
                "SCAN 0",
                "SCAN 0 TYPE list",
                "INCR a",
                "SCAN 0 TYPE string",
                "SCAN 0 MATCH b*",
                "SCAN 0 MATCH A*",
                "CLIENT NO-EVICT x",
                "CLIENT NO-EVICT on",
                "CLIENT LIST foo",
                "COMMAND foo",
                "COMMAND COUNT x",
                "COMMAND INFO get",
                "COMMAND INFO incr decr incrby nope",
                "COMMAND INFO mget dbsize",
                "COMMAND LIST FILTERBY a b",
                "FLUSHALL foo",
                "FLUSHALL async",
                "DBSIZE",
                "RESET",
                "GET none",
                "MGET none none",
                "INFO nonsense");
        try (RespClient theirs = new RespClient(redisPort);
                RespClient ours = server.client()) {
            compare(theirs, ours, commands);
            assertThat(ours.call("HELLO 3")).startsWith("map");
            assertThat(theirs.call("HELLO 3")).startsWith("map");
            compare(theirs, ours, commands);
            assertThat(ours.call("QUIT")).isEqualTo(theirs.call("QUIT"));
        }
    }

    private static void compare(RespClient theirs, RespClient ours, List<String> commands) throws IOException {
        for (String command : commands) {
            assertThat(comparable(ours.call(command))).as(command).isEqualTo(comparable(theirs.call(command)));
        }
    }

    /** Command tips are advice to proxies, which we leave out; the order in a set of categories means nothing. */
    private static String comparable(String reply) {
        return reply.replaceAll("\\[(\\$(nondeterministic|request|response)[a-z_:]*(, )?)+\\]", "[]")
                .replaceAll("(set)?\\[\\+@[^\\]]*\\]", "categories");
    }

    @Test
    void brokenStreamsHaveTheSameErrors() throws IOException {
        List<String> streams = List.of(
                "*2147483648\r\n",
                "*1\r\n$-5\r\n",
                "*1\r\n$99999999999\r\n",
                "*1\r\nx\r\n",
                "*a\r\n",
                "*1\r\n$a\r\n",
                "GET \"a\r\n",
                "GET 'a\r\n",
                "GET \"a\"b\r\n",
                "PING\r\n*1\r\n:1\r\n",
                "*0\r\n*-1\r\n\r\nPING\r\n*x\r\n",
                "*" + "1".repeat(70_000),
                "x".repeat(70_000),
                "*1\r\n$" + "1".repeat(70_000),
                "*+1\r\n",
                "*01\r\n");
        for (String stream : streams) {
            try (RespClient theirs = new RespClient(redisPort);
                    RespClient ours = server.client()) {
                theirs.send(Resp.ascii(stream));
                ours.send(Resp.ascii(stream));
                assertThat(ours.rest())
                        .as(stream.substring(0, Math.min(30, stream.length())))
                        .isEqualTo(theirs.rest());
            }
        }
    }
}
