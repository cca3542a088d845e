package dev.odometer.server.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A server with a password. */
class RedisAuthTest {
    private final RedisFixture server = new RedisFixture(new RedisConfig(false, "open sesame", RedisLimits.defaults()));

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void nothingRunsBeforeThePassword() throws IOException {
        try (RespClient client = server.client()) {
            assertThat(client.call("INCR a")).isEqualTo("-NOAUTH Authentication required.");
            assertThat(client.call("PING")).isEqualTo("-NOAUTH Authentication required.");
            assertThat(client.call("HELLO 3")).startsWith("-NOAUTH HELLO must be called with the client already");
            assertThat(client.call("AUTH wrong"))
                    .isEqualTo("-WRONGPASS invalid username-password pair or user is disabled.");
            assertThat(client.call("AUTH default 'open'")).startsWith("-WRONGPASS");
            assertThat(client.call("AUTH other 'open sesame'")).startsWith("-WRONGPASS");
            assertThat(client.call("HELLO 3 AUTH default wrong")).startsWith("-WRONGPASS");
            assertThat(client.call("EXISTS a")).startsWith("-NOAUTH");
            assertThat(client.call("AUTH 'open sesame'")).isEqualTo("+OK");
            assertThat(client.call("EXISTS a")).isEqualTo(":0");
            assertThat(client.call("RESET")).isEqualTo("+RESET");
            assertThat(client.call("EXISTS a")).startsWith("-NOAUTH");
        }
    }

    @Test
    void helloAuthenticatesNamesAndChoosesTheProtocol() throws IOException {
        try (RespClient client = server.client()) {
            assertThat(client.call("HELLO 3 AUTH default 'open sesame' SETNAME me"))
                    .startsWith("map[");
            assertThat(client.call("CLIENT GETNAME")).isEqualTo("$me");
            assertThat(client.call("CLIENT INFO")).contains(" name=me ").contains(" resp=3 ");
            assertThat(client.call("GET a")).isEqualTo("_");
        }
    }

    @Test
    void whoHasNotAuthenticatedCannotSendMuch() throws IOException {
        try (RespClient client = server.client()) {
            client.send(Resp.ascii("*11\r\n"));
            assertThat(client.rest()).isEqualTo("-ERR Protocol error: unauthenticated multibulk length\r\n");
        }
    }
}
