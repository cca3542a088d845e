package dev.odometer.server.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.odometer.engine.Outcome;
import dev.odometer.engine.store.CommitOutcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every error text, and that nothing is changed by what is refused. */
class RedisErrorsTest {
    private static final String ERRORS = """
            INCR                       => ERR wrong number of arguments for 'incr' command
            INCR a b                   => ERR wrong number of arguments for 'incr' command
            get                        => ERR wrong number of arguments for 'get' command
            SET a                      => ERR wrong number of arguments for 'set' command
            DEL                        => ERR wrong number of arguments for 'del' command
            ODOMETER.ADD a 1           => ERR wrong number of arguments for 'odometer.add' command
            PING a b                   => ERR wrong number of arguments for 'ping' command
            CLIENT                     => ERR wrong number of arguments for 'client' command
            CLIENT SETNAME             => ERR wrong number of arguments for 'client|setname' command
            CONFIG GET                 => ERR wrong number of arguments for 'config|get' command
            foo a b                    => ERR unknown command 'foo', with args beginning with: 'a' 'b'
            LPUSH total a              => ERR unknown command 'LPUSH', with args beginning with: 'total' 'a'
            MULTI                      => ERR unknown command 'MULTI', with args beginning with:
            SUBSCRIBE c                => ERR unknown command 'SUBSCRIBE', with args beginning with: 'c'
            "a\\r\\n+OK"               => ERR unknown command 'a  +OK', with args beginning with:
            CLIENT foo                 => ERR unknown subcommand 'foo'. Try CLIENT HELP.
            CONFIG foo                 => ERR unknown subcommand 'foo'. Try CONFIG HELP.
            COMMAND foo                => ERR unknown subcommand 'foo'. Try COMMAND HELP.
            INCRBY total +5            => ERR value is not an integer or out of range
            INCRBY total 05            => ERR value is not an integer or out of range
            INCRBY total " 5"          => ERR value is not an integer or out of range
            INCRBY total "5 "          => ERR value is not an integer or out of range
            INCRBY total -0            => ERR value is not an integer or out of range
            INCRBY total 1.5           => ERR value is not an integer or out of range
            INCRBY total ""            => ERR value is not an integer or out of range
            INCRBY total NaN           => ERR value is not an integer or out of range
            INCRBY total 9223372036854775808 => ERR value is not an integer or out of range
            DECRBY total -9223372036854775809 => ERR value is not an integer or out of range
            DECRBY total -9223372036854775808 => ERR decrement would overflow
            INCRBY total 9223372036854775807 => ERR increment or decrement would overflow
            INCR max                   => ERR increment or decrement would overflow
            DECR min                   => ERR increment or decrement would overflow
            INCRBY min -1              => ERR increment or decrement would overflow
            SET total abc              => ERR value is not an integer or out of range
            SET total 1 NX XX          => ERR syntax error
            SET total 1 nonsense       => ERR syntax error
            SET total 1 EX             => ERR syntax error
            SET total 1 EX 10          => ERR counters do not expire: EX, PX, EXAT and PXAT are not supported; \
            nothing was changed
            SET total 1 PXAT 10        => ERR counters do not expire: EX, PX, EXAT and PXAT are not supported; \
            nothing was changed
            SELECT 1                   => ERR DB index is out of range
            SELECT x                   => ERR value is not an integer or out of range
            SCAN x                     => ERR invalid cursor
            SCAN 12345                 => ERR invalid cursor
            SCAN 0 COUNT 0             => ERR syntax error
            SCAN 0 COUNT x             => ERR value is not an integer or out of range
            SCAN 0 MATCH               => ERR syntax error
            SCAN 0 foo bar             => ERR syntax error
            HELLO 4                    => NOPROTO unsupported protocol version
            HELLO x                    => ERR Protocol version is not an integer or out of range
            HELLO 3 foo                => ERR Syntax error in HELLO option 'foo'
            HELLO 3 SETNAME "a b"      => ERR Client names cannot contain spaces, newlines or special characters.
            CLIENT SETNAME "a b"       => ERR Client names cannot contain spaces, newlines or special characters.
            CLIENT NO-EVICT x          => ERR syntax error
            CLIENT LIST foo            => ERR syntax error
            AUTH a                     => ERR AUTH <password> called without any password configured for the \
            default user. Are you sure your configuration is correct?
            AUTH foo x                 => WRONGPASS invalid username-password pair or user is disabled.
            AUTH a b c                 => ERR syntax error
            FLUSHALL foo               => ERR syntax error
            FLUSHALL                   => ERR FLUSHALL is not allowed on this server; nothing was changed. \
            Start it with --allow-flushall
            CONFIG SET save x          => ERR Unknown option or number of arguments for CONFIG SET - 'save': \
            this server is configured when it is started
            COMMAND LIST FILTERBY a b  => ERR syntax error
            ODOMETER.ADD total 1 X k   => ERR syntax error
            ODOMETER.ADD total x ID k  => ERR value is not an integer or out of range
            ODOMETER.ADD total 1 ID "a b" => ERR invalid ID: the idempotency key has a character that is not \
            printable ASCII
            ODOMETER.ADD total 1 ID "" => ERR invalid ID: the idempotency key has 0 characters; 1 to 256 are allowed
            INCR ""                    => ERR invalid key: the key is empty
            GET ""                     => ERR invalid key: the key is empty
            INCR "a\\x00b"             => ERR invalid key: the key has a control character (byte 0 at offset 1)
            INCR "a\\r\\nb"            => ERR invalid key: the key has a control character (byte 13 at offset 1)
            INCR "\\xff\\xfe"          => ERR invalid key: the key is not valid UTF-8 (at byte 0)
            INCR ../x                  => ERR invalid key: the key has a '.' or '..' path segment
            SET .. 1                   => ERR invalid key: the key has a '.' or '..' path segment
            DEL total ""               => ERR invalid key: the key is empty
            MGET total a/../b          => ERR invalid key: the key has a '.' or '..' path segment
            """;

    private static RedisFixture server;

    @BeforeAll
    static void start() {
        server = RedisFixture.withDefaults();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @MethodSource("errors")
    void eachErrorHasItsTextAndChangesNothing(String command, String expected) throws IOException {
        try (RespClient client = server.client()) {
            client.call("SET total 1");
            client.call("SET max 9223372036854775807");
            client.call("SET min -9223372036854775808");
            String before = client.call("DBSIZE");
            assertThat(client.call(command).stripTrailing()).isEqualTo("-" + expected);
            assertThat(client.call("MGET total max min"))
                    .isEqualTo("[$1, $9223372036854775807, $-9223372036854775808]");
            assertThat(client.call("DBSIZE")).isEqualTo(before);
        }
    }

    @Test
    void aKeyThatIsTooLongIsRefused() throws IOException {
        try (RespClient client = server.client()) {
            assertThat(client.command("INCR", "k".repeat(257)))
                    .isEqualTo("-ERR invalid key: the key has 257 bytes; at most 256 are allowed");
            assertThat(client.command("INCR", "k".repeat(256))).startsWith(":");
            assertThat(client.command("INCR", "<script>")).startsWith(":");
            assertThat(client.command("INCR", "%2e%2e")).startsWith(":");
            assertThat(client.command("DEL", "k".repeat(256), "<script>", "%2e%2e"))
                    .isEqualTo(":3");
        }
    }

    @Test
    void aStoreThatTakesNothingIsTryAgain() throws IOException {
        try (RedisFixture own = RedisFixture.withDefaults();
                RespClient client = own.client()) {
            assertThat(client.call("INCR a")).isEqualTo(":1");
            own.onLoop(() ->
                    own.memory().fault(new CommitOutcome.Unavailable(new IOException("No space left on device"))));
            assertThat(client.call("INCR a")).startsWith("-TRYAGAIN ").contains("nothing was changed");
            assertThat(client.call("SET a 7")).startsWith("-TRYAGAIN ").contains("nothing was changed");
            assertThat(client.call("DEL a b")).startsWith("-TRYAGAIN ");
            assertThat(client.call("GET a")).isEqualTo("$1");
            own.onLoop(() -> own.memory().fault(null));
            assertThat(client.call("INCR a")).isEqualTo(":2");
            assertThat(own.count("odometer.redis.commands", "command", "incr", "outcome", "ok"))
                    .isEqualTo(2);
            assertThat(own.count("odometer.redis.commands", "command", "incr", "outcome", "refused"))
                    .isEqualTo(1);
        }
    }

    @Test
    void anUnknownOutcomeIsNotToldAsSafeToTryAgain() {
        String plain = new String(Errors.of(Outcome.UNKNOWN, false), StandardCharsets.UTF_8);
        String keyed = new String(Errors.of(Outcome.UNKNOWN, true), StandardCharsets.UTF_8);
        assertThat(plain).startsWith("-INDOUBT ").contains("may or may not have taken effect");
        assertThat(keyed).startsWith("-TRYAGAIN ").contains("same ID settles it");
    }

    static Stream<Arguments> errors() {
        return Table.of(ERRORS);
    }
}
