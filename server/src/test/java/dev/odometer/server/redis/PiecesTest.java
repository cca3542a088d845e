package dev.odometer.server.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.odometer.engine.model.Key;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The small parts of which the protocol is made. */
class PiecesTest {
    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "-1", "10", "9223372036854775807", "-9223372036854775808", "999999999999999999"})
    void canonicalIntegersAreTaken(String text) {
        byte[] bytes = Resp.ascii("xx" + text + "yy");
        assertThat(Numbers.isCanonical(bytes, 2, text.length())).isTrue();
        assertThat(Numbers.parse(bytes, 2, text.length())).isEqualTo(Long.parseLong(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                "+5",
                "05",
                "-0",
                "00",
                " 5",
                "5 ",
                "1.5",
                "1e3",
                "0x10",
                "a",
                "9223372036854775808",
                "-9223372036854775809",
                "18446744073709551616",
                "99999999999999999999",
                "\u0665"
            })
    void otherNumbersAreNot(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        assertThat(Numbers.isCanonical(bytes, 0, bytes.length)).isFalse();
    }

    @Test
    void numbersAreWrittenAsJavaWritesThem() {
        Random random = new Random(5);
        byte[] out = new byte[Resp.MAX_INTEGER_BYTES];
        for (int i = 0; i < 200_000; i++) {
            long value = random.nextLong() >> random.nextInt(64);
            check(out, value);
        }
        check(out, Long.MIN_VALUE);
        check(out, Long.MAX_VALUE);
        for (long power = 1; power > 0 && power < Long.MAX_VALUE / 10; power *= 10) {
            check(out, power);
            check(out, power - 1);
            check(out, -power);
            check(out, 1 - power);
        }
    }

    private static void check(byte[] out, long value) {
        String text = Long.toString(value);
        int end = Resp.integer(out, 0, value);
        assertThat(new String(out, 0, end, StandardCharsets.US_ASCII)).isEqualTo(":" + text + "\r\n");
        end = Resp.bulkInteger(out, 0, value);
        assertThat(new String(out, 0, end, StandardCharsets.US_ASCII))
                .isEqualTo("$" + text.length() + "\r\n" + text + "\r\n");
    }

    @ParameterizedTest
    @MethodSource("globs")
    void globsMatchAsInRedis(String pattern, String text, boolean expected) {
        Glob glob = new Glob(Resp.ascii(pattern));
        assertThat(glob.matches(Resp.ascii(text))).isEqualTo(expected);
        if (expected) {
            assertThat(text).startsWith(new String(glob.literalPrefix(), StandardCharsets.US_ASCII));
        }
    }

    @Test
    void aGlobMadeToBeSlowIsNot() {
        Glob glob = new Glob(Resp.ascii("*a".repeat(Glob.MAX_BYTES / 2 - 1) + "b"));
        byte[] key = Resp.ascii("a".repeat(256));
        for (int i = 0; i < 1_000; i++) {
            assertThat(glob.matches(key)).isFalse();
        }
    }

    @Test
    void theNewestCursorsAreKeptAndTwoOfAListing() {
        Cursors cursors = new Cursors(77);
        long first = cursors.next(0, Key.of("a"));
        long second = cursors.next(first, Key.of("b"));
        assertThat(cursors.after(first)).isEqualTo(Key.of("a"));
        long third = cursors.next(second, Key.of("c"));
        assertThat(cursors.after(first)).isNull();
        assertThat(cursors.after(second)).isEqualTo(Key.of("b"));
        for (int i = 0; i < Cursors.MAX - 1; i++) {
            assertThat(cursors.next(0, Key.of("k" + i))).isLessThan(1L << 53);
        }
        assertThat(cursors.size()).isEqualTo(Cursors.MAX);
        assertThat(cursors.after(second)).isNull();
        assertThat(cursors.after(third)).isEqualTo(Key.of("c"));
    }

    @Test
    void theRingGivesRepliesInOrderHoweverTheyWereAnswered() {
        Random random = new Random(9);
        ReplyRing ring = new ReplyRing();
        byte[] out = new byte[512];
        StringBuilder given = new StringBuilder();
        StringBuilder expected = new StringBuilder();
        long[] open = new long[600];
        for (int round = 0; round < 200; round++) {
            int count = random.nextInt(open.length);
            for (int i = 0; i < count; i++) {
                open[i] = ring.open(ReplyRing.AWAITS_SUM, 3);
                expected.append(open[i] % 3 == 0 ? ":" + open[i] : open[i] % 3 == 1 ? "+OK" : "-" + open[i])
                        .append("\r\n");
            }
            for (int i = count - 1; i >= 0; i--) {
                int other = random.nextInt(i + 1);
                answer(ring, open[other]);
                open[other] = open[i];
            }
            int length = ring.take(out, 0);
            while (length > 0) {
                given.append(new String(out, 0, length, StandardCharsets.US_ASCII));
                length = ring.take(out, 0);
            }
            assertThat(ring.size()).isZero();
            assertThat(ring.heldBytes()).isZero();
            ring.trim();
        }
        assertThat(given.toString()).isEqualTo(expected.toString());
    }

    private static void answer(ReplyRing ring, long token) {
        if (token % 3 == 0) {
            ring.integer(token, token);
        } else if (token % 3 == 1) {
            ring.constant(token, Resp.OK);
        } else {
            ring.bytes(token, Resp.error(Long.toString(token)));
        }
    }

    @Test
    void limitsThatMakeNoSenseAreToldTogether() {
        assertThatThrownBy(() -> new RedisLimits(0, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, 1))
                .hasMessageContaining("maxConnections is 0")
                .hasMessageContaining("maxUnanswered is 1")
                .hasMessageContaining("idleMillis is -1");
        assertThatThrownBy(() -> new RedisConfig(false, "", RedisLimits.defaults()))
                .hasMessageContaining("password is empty");
        assertThat(new RedisConfig(false, "secret", RedisLimits.defaults()).toString())
                .doesNotContain("secret");
    }

    static Stream<Arguments> globs() {
        return Table.of("""
* => anything => true
a* => abc => true
a* => bc => false
*c => abc => true
a*c*e => abcde => true
a*c*f => abcde => false
h?llo => hello => true
h?llo => hllo => false
h[ae]llo => hallo => true
h[^e]llo => hello => false
h[^e]llo => hallo => true
h[a-c]o => hbo => true
h[c-a]o => hbo => true
h[a-c]o => hdo => false
a\\*c => a*c => true
a\\*c => abc => false
a[\\]]c => a]c => true
a[b => ab => true
**a** => banana => true
abc => abcd => false
abcd => abc => false
""");
    }
}
