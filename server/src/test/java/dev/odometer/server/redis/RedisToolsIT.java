package dev.odometer.server.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.odometer.store.rocksdb.RocksStore;
import dev.odometer.store.rocksdb.RocksStoreConfig;
import dev.odometer.store.rocksdb.StoreEnvironment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Redis's own tools, as they are, on the embedded store. */
class RedisToolsIT {
    @TempDir
    private Path directory;

    private RedisFixture server;

    @BeforeEach
    void start() {
        Programs.require("redis-cli", "redis-tools");
        Programs.require("redis-benchmark", "redis-tools");
        RocksStore store = RocksStore.open(
                RocksStoreConfig.small(directory.resolve("data")),
                StoreEnvironment.standard((message, cause) -> fail(message, cause)));
        server = new RedisFixture(new RedisConfig(true, null, RedisLimits.defaults()), store);
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private String run(byte[] input, String program, String... arguments) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of(program, "-h", "127.0.0.1", "-p", Integer.toString(server.port)));
        command.addAll(List.of(arguments));
        return Programs.run(directory, input, command);
    }

    private String cli(String... arguments) throws IOException, InterruptedException {
        return run(new byte[0], "redis-cli", arguments).strip();
    }

    @Test
    void redisCliCountsScansAndPipes() throws Exception {
        assertThat(cli("INCRBY", "a", "42")).isEqualTo("42");
        assertThat(cli("-3", "GET", "a")).isEqualTo("42");
        assertThat(cli("-3", "GET", "none")).isEmpty();
        StringBuilder pipe = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            pipe.append("INCR key:").append(i % 2_000).append("\r\n");
        }
        assertThat(run(pipe.toString().getBytes(StandardCharsets.UTF_8), "redis-cli", "--pipe"))
                .contains("errors: 0, replies: 20000");
        assertThat(cli("--scan", "--pattern", "key:*").lines()).hasSize(2_000).doesNotHaveDuplicates();
        assertThat(cli("GET", "key:77")).isEqualTo("10");
        assertThat(cli("INFO", "keyspace")).contains("db0:keys=2001");
        assertThat(cli("COMMAND", "DOCS", "incr")).contains("Adds one to a counter");
        assertThat(run(Resp.ascii("INCR a\nGET a\nNONSENSE\n"), "redis-cli")).contains("43", "ERR unknown command");
    }

    @Test
    void redisBenchmarkRunsWithoutAnErrorAndEverythingIsCounted() throws Exception {
        for (String pipeline : List.of("1", "16", "64")) {
            String written = run(
                    new byte[0],
                    "redis-benchmark",
                    "-q",
                    "-c",
                    "50",
                    "-n",
                    "40000",
                    "-P",
                    pipeline,
                    "-r",
                    "1000",
                    "INCR",
                    "key:__rand_int__");
            assertThat(written).contains("requests per second").doesNotContain("Error from server");
        }
        assertThat(run(new byte[0], "redis-benchmark", "-q", "-n", "20000", "-t", "ping,get,incr"))
                .contains("PING_INLINE", "PING_MBULK", "INCR:", "GET:");
        long sum = 0;
        try (RespClient client = server.client()) {
            for (String key : ScanReader.all(client, "MATCH key:* COUNT 1000")) {
                sum += Long.parseLong(client.command("GET", key.substring(1)).substring(1));
            }
            assertThat(client.call("GET counter:__rand_int__")).isEqualTo("$20000");
        }
        assertThat(sum).isEqualTo(3 * 40_000);
    }
}
