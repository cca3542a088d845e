package dev.odometer.server.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.protocol.ProtocolVersion;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.Response;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.params.SetParams;
import redis.clients.jedis.resps.ScanResult;

/** Jedis and Lettuce as they are, with a user, a password and a name, in both protocols. */
class ClientLibrariesTest {
    private static final String PASSWORD = "secret";

    private final RedisFixture server = new RedisFixture(new RedisConfig(true, PASSWORD, RedisLimits.defaults()));

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @EnumSource(RedisProtocol.class)
    void jedisCounts(RedisProtocol protocol) {
        DefaultJedisClientConfig config = DefaultJedisClientConfig.builder()
                .user("default")
                .password(PASSWORD)
                .clientName("jedis")
                .protocol(protocol)
                .build();
        try (Jedis jedis = new Jedis(new HostAndPort("127.0.0.1", server.port), config)) {
            assertThat(jedis.incr("a")).isEqualTo(1);
            assertThat(jedis.incrBy("a", 41)).isEqualTo(42);
            assertThat(jedis.decrBy("a", 2)).isEqualTo(40);
            assertThat(jedis.get("a")).isEqualTo("40");
            assertThat(jedis.get("none")).isNull();
            assertThat(jedis.set("b", "7", SetParams.setParams().nx())).isEqualTo("OK");
            assertThat(jedis.set("b", "8", SetParams.setParams().nx())).isNull();
            assertThat(jedis.setGet("b", "9")).isEqualTo("7");
            assertThat(jedis.mget("a", "b", "c")).containsExactly("40", "9", null);
            assertThat(jedis.exists("a", "b", "c")).isEqualTo(2);
            assertThat(jedis.type("a")).isEqualTo("string");
            assertThat(jedis.dbSize()).isEqualTo(2);
            assertThat(jedis.clientGetname()).isEqualTo("jedis");
            assertThat(jedis.clientInfo()).contains("lib-name=jedis");
            assertThat(jedis.info("keyspace")).contains("db0:keys=2");
            assertThat(jedis.configGet("save")).containsEntry("save", "");
            assertThat(jedis.ping("hello")).isEqualTo("hello");
            assertThatThrownBy(() -> jedis.set("a", "text"))
                    .isInstanceOf(JedisDataException.class)
                    .hasMessage("ERR value is not an integer or out of range");
            Pipeline pipeline = jedis.pipelined();
            List<Response<Long>> sums = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                sums.add(pipeline.incr("key:" + i % 100));
            }
            pipeline.sync();
            assertThat(sums.get(999).get()).isEqualTo(10);
            assertThat(scan(jedis)).hasSize(100);
            assertThat(jedis.del("a", "b", "c")).isEqualTo(2);
            assertThat(jedis.flushAll()).isEqualTo("OK");
            assertThat(jedis.dbSize()).isZero();
        }
    }

    private static Set<String> scan(Jedis jedis) {
        Set<String> found = new HashSet<>();
        String cursor = ScanParams.SCAN_POINTER_START;
        do {
            ScanResult<String> page =
                    jedis.scan(cursor, new ScanParams().match("key:*").count(30));
            found.addAll(page.getResult());
            cursor = page.getCursor();
        } while (!cursor.equals(ScanParams.SCAN_POINTER_START));
        return found;
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    void lettuceCounts(ProtocolVersion protocol) throws Exception {
        RedisURI uri = RedisURI.builder()
                .withHost("127.0.0.1")
                .withPort(server.port)
                .withAuthentication("default", PASSWORD.toCharArray())
                .withClientName("lettuce")
                .build();
        RedisClient client = RedisClient.create(uri);
        client.setOptions(ClientOptions.builder().protocolVersion(protocol).build());
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            RedisCommands<String, String> commands = connection.sync();
            assertThat(commands.incr("a")).isEqualTo(1);
            assertThat(commands.incrby("a", 41)).isEqualTo(42);
            assertThat(commands.get("a")).isEqualTo("42");
            assertThat(commands.get("none")).isNull();
            assertThat(commands.set("b", "7")).isEqualTo("OK");
            assertThat(commands.setGet("b", "8")).isEqualTo("7");
            assertThat(commands.exists("a", "b", "c")).isEqualTo(2);
            assertThat(commands.clientGetname()).isEqualTo("lettuce");
            assertThat(commands.commandCount())
                    .isEqualTo((long) Commands.table().all().size());
            assertThat(commands.commandInfo("incr").toString()).contains("incr");
            RedisAsyncCommands<String, String> async = connection.async();
            List<RedisFuture<Long>> sums = new ArrayList<>();
            for (int i = 0; i < 5_000; i++) {
                sums.add(async.incr("key:" + i % 500));
            }
            assertThat(sums.get(4_999).get(20, TimeUnit.SECONDS)).isEqualTo(10);
            Set<String> found = new HashSet<>();
            KeyScanCursor<String> page = commands.scan(ScanArgs.Builder.matches("key:*"));
            found.addAll(page.getKeys());
            while (!page.isFinished()) {
                page = commands.scan(page, ScanArgs.Builder.matches("key:*"));
                found.addAll(page.getKeys());
            }
            assertThat(found).hasSize(500);
            assertThat(commands.mget("a", "none").toString()).contains("42");
            assertThat(commands.flushall()).isEqualTo("OK");
        } finally {
            client.shutdown(0, 5, TimeUnit.SECONDS);
        }
    }
}
