package dev.odometer.server.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the commands do, and that a pipeline is answered in its order. */
class RedisCommandsTest {
    private final RedisFixture server = RedisFixture.withFlushAll();
    private final RespClient client = server.client();

    @AfterEach
    void close() throws IOException {
        client.close();
        server.close();
    }

    @Test
    void countersCount() throws IOException {
        assertThat(client.command("INCR", "a")).isEqualTo(":1");
        assertThat(client.command("incrby", "a", "41")).isEqualTo(":42");
        assertThat(client.command("DECR", "a")).isEqualTo(":41");
        assertThat(client.command("DecrBy", "a", "50")).isEqualTo(":-9");
        assertThat(client.command("GET", "a")).isEqualTo("$-9");
        assertThat(client.command("GET", "none")).isEqualTo("nil");
    }

    @Test
    void setDeletesAndConditionsAreRedisOwn() throws IOException {
        assertThat(client.call("SET a 5")).isEqualTo("+OK");
        assertThat(client.call("SET a 6 NX")).isEqualTo("nil");
        assertThat(client.call("SET a 6 XX GET")).isEqualTo("$5");
        assertThat(client.call("SET a 7 NX GET")).isEqualTo("$6");
        assertThat(client.call("SET b 7 XX GET")).isEqualTo("nil");
        assertThat(client.call("SET b 7 XX")).isEqualTo("nil");
        assertThat(client.call("SET b 7 NX KEEPTTL")).isEqualTo("+OK");
        assertThat(client.call("MGET a b c")).isEqualTo("[$6, $7, nil]");
        assertThat(client.call("EXISTS a b c a")).isEqualTo(":3");
        assertThat(client.call("TYPE a")).isEqualTo("+string");
        assertThat(client.call("TYPE c")).isEqualTo("+none");
        assertThat(client.call("DBSIZE")).isEqualTo(":2");
        assertThat(client.call("DEL a c a")).isEqualTo(":1");
        assertThat(client.call("DBSIZE")).isEqualTo(":1");
        assertThat(client.call("FLUSHALL")).isEqualTo("+OK");
        assertThat(client.call("DBSIZE")).isEqualTo(":0");
    }

    @Test
    void anAddWithAnIdCountsOnce() throws IOException {
        assertThat(client.call("ODOMETER.ADD a 5 ID key-1")).isEqualTo(":5");
        assertThat(client.call("INCR a")).isEqualTo(":6");
        assertThat(client.call("odometer.add a 5 id key-1")).isEqualTo(":5");
        assertThat(client.call("ODOMETER.ADD a 6 ID key-1")).startsWith("-IDEMPOTENCYCONFLICT ");
        assertThat(client.call("ODOMETER.ADD b 5 ID key-1")).startsWith("-IDEMPOTENCYCONFLICT ");
        assertThat(client.call("GET a")).isEqualTo("$6");
    }

    @Test
    void pipelinesOfReadsAndWritesAreAnsweredInOrder() throws IOException {
        StringBuilder pipeline = new StringBuilder();
        int rounds = 3_000;
        for (int i = 0; i < rounds; i++) {
            pipeline.append("INCR p\r\nGET p\r\nPING\r\nINCRBY q 2\r\nEXISTS p q zz\r\nGET none\r\nMGET p q\r\nECHO ")
                    .append(i)
                    .append("\r\nDBSIZE\r\n");
        }
        client.send(Resp.ascii(pipeline.toString()));
        for (int i = 1; i <= rounds; i++) {
            assertThat(client.reply()).isEqualTo(":" + i);
            assertThat(client.reply()).isEqualTo("$" + i);
            assertThat(client.reply()).isEqualTo("+PONG");
            assertThat(client.reply()).isEqualTo(":" + 2 * i);
            assertThat(client.reply()).isEqualTo(":2");
            assertThat(client.reply()).isEqualTo("nil");
            assertThat(client.reply()).isEqualTo("[$" + i + ", $" + 2 * i + "]");
            assertThat(client.reply()).isEqualTo("$" + (i - 1));
            assertThat(client.reply()).isEqualTo(":2");
        }
    }

    @Test
    void aScanSeesWhatWasWrittenBeforeItInThePipeline() throws IOException {
        client.send(Resp.ascii("SET a 1\r\nSCAN 0\r\nDEL a\r\nSCAN 0\r\nINCR b\r\nFLUSHALL\r\nSCAN 0\r\nINCR b\r\n"));
        assertThat(client.reply()).isEqualTo("+OK");
        assertThat(client.reply()).isEqualTo("[$0, [$a]]");
        assertThat(client.reply()).isEqualTo(":1");
        assertThat(client.reply()).isEqualTo("[$0, []]");
        assertThat(client.reply()).isEqualTo(":1");
        assertThat(client.reply()).isEqualTo("+OK");
        assertThat(client.reply()).isEqualTo("[$0, []]");
        assertThat(client.reply()).isEqualTo(":1");
    }

    @Test
    void resp3AfterHelloAndOnlyAfterIt() throws IOException {
        client.send(Resp.ascii(String.join(
                "\r\n",
                "GET none",
                "MGET none",
                "HELLO 3",
                "GET none",
                "MGET none",
                "SET x 1 GET",
                "CONFIG GET save",
                "CLIENT GETNAME",
                "HELLO 2",
                "GET none\r\n")));
        assertThat(client.reply()).isEqualTo("nil");
        assertThat(client.reply()).isEqualTo("[nil]");
        assertThat(client.reply())
                .startsWith("map[$server, $odometer, $version, $7.")
                .contains("$proto, :3");
        assertThat(client.reply()).isEqualTo("_");
        assertThat(client.reply()).isEqualTo("[_]");
        assertThat(client.reply()).isEqualTo("_");
        assertThat(client.reply()).isEqualTo("map[$save, $]");
        assertThat(client.reply()).isEqualTo("_");
        assertThat(client.reply()).startsWith("[$server").contains("$proto, :2");
        assertThat(client.reply()).isEqualTo("nil");
        assertThat(client.call("HELLO 3")).startsWith("map");
        assertThat(client.call("INFO server")).startsWith("=txt:# Server\r\nredis_version:7.");
        assertThat(client.call("COMMAND INFO incr"))
                .startsWith("[[$incr, :2, set[+write, +denyoom, +fast], :1, :1, :1");
        assertThat(client.call("RESET")).isEqualTo("+RESET");
        assertThat(client.call("GET none")).isEqualTo("nil");
    }

    @Test
    void everyReplyToAWriteComesAfterItsCommit() throws IOException {
        server.onLoop(() -> server.memory().hold());
        client.send(Resp.ascii("PING\r\nINCR a\r\nPING\r\nGET a\r\n"));
        assertThat(client.reply()).isEqualTo("+PONG");
        try (RespClient other = server.client()) {
            assertThat(other.call("GET b")).isEqualTo("nil");
            assertThat(other.call("PING")).isEqualTo("+PONG");
        }
        assertThat(client.socket().getInputStream().available()).isZero();
        server.onLoop(() -> server.memory().release());
        assertThat(client.reply()).isEqualTo(":1");
        assertThat(client.reply()).isEqualTo("+PONG");
        assertThat(client.reply()).isEqualTo("$1");
    }

    @Test
    void scansSeeEveryKeyOnce() throws IOException {
        StringBuilder pipeline = new StringBuilder();
        for (int i = 0; i < 2_500; i++) {
            pipeline.append("INCR key:").append(i).append("\r\n");
        }
        client.send(Resp.ascii(pipeline.toString()));
        for (int i = 0; i < 2_500; i++) {
            assertThat(client.reply()).isEqualTo(":1");
        }
        assertThat(ScanReader.all(client, "")).hasSize(2_500).doesNotHaveDuplicates();
        assertThat(ScanReader.all(client, "COUNT 7")).hasSize(2_500).doesNotHaveDuplicates();
        assertThat(ScanReader.all(client, "MATCH key:1?? COUNT 1000"))
                .hasSize(100)
                .doesNotHaveDuplicates();
        assertThat(ScanReader.all(client, "MATCH *99 TYPE string")).hasSize(25);
        assertThat(ScanReader.all(client, "TYPE hash")).isEmpty();
    }
}
