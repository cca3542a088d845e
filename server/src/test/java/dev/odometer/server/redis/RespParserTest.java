package dev.odometer.server.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RespParserTest {
    private static final int MAX_ARGUMENTS = 64;
    private static final int MAX_BULK = 1_000;
    private static final int MAX_COMMAND = 4_000;

    @ParameterizedTest
    @MethodSource("streams")
    void commandsAndErrorsAreRedisOwn(String input, String expected) {
        byte[] bytes = bytes(input);
        String wanted = expected.replace('^', '\n').replace("~", "\r\n");
        assertThat(parse(bytes, bytes.length)).isEqualTo(wanted);
    }

    @Test
    void linesThatDoNotEndAreErrors() {
        byte[] line = new byte[RespParser.MAX_LINE_BYTES + 1];
        Arrays.fill(line, (byte) 'x');
        assertThat(parse(line, line.length)).isEqualTo("!Protocol error: too big inline request");
        line[0] = '*';
        Arrays.fill(line, 1, line.length, (byte) '1');
        assertThat(parse(line, line.length)).isEmpty();
        byte[] longer = Arrays.copyOf(line, line.length + 1);
        assertThat(parse(longer, longer.length)).isEqualTo("!Protocol error: too big mbulk count string");
        longer = Arrays.copyOf(longer, longer.length + 4);
        System.arraycopy(Resp.ascii("*1\r\n$1"), 0, longer, 0, 6);
        Arrays.fill(longer, 6, longer.length, (byte) '1');
        assertThat(parse(longer, longer.length)).isEqualTo("!Protocol error: too big bulk count string");
    }

    @Test
    void aCommandIsBoundedAsAWhole() {
        StringBuilder command = new StringBuilder("*10\r\n");
        for (int i = 0; i < 10; i++) {
            command.append("$500\r\n").append("x".repeat(500)).append("\r\n");
        }
        byte[] bytes = Resp.ascii(command.toString());
        assertThat(parse(bytes, bytes.length)).startsWith("!Protocol error: too big command, at most 4000 bytes");
    }

    @Test
    void whoHasNotAuthenticatedMaySendSmallCommandsOnly() {
        RespParser parser = new RespParser(MAX_ARGUMENTS, 100_000, 1_000_000);
        Arguments arguments = new Arguments();
        byte[] many = Resp.ascii("*11\r\n");
        assertThat(parser.parse(many, 0, many.length, arguments, false)).isEqualTo(RespParser.Found.ERROR);
        assertThat(parser.error()).isEqualTo("Protocol error: unauthenticated multibulk length");
        byte[] large = Resp.ascii("*2\r\n$16385\r\n");
        assertThat(parser.parse(large, 0, large.length, arguments, false)).isEqualTo(RespParser.Found.ERROR);
        assertThat(parser.error()).isEqualTo("Protocol error: unauthenticated bulk length");
        assertThat(parser.parse(large, 0, large.length, arguments, true)).isEqualTo(RespParser.Found.MORE);
    }

    @Test
    void aStreamCutAnywhereGivesTheSame() {
        long seed = System.nanoTime();
        System.out.println("RespParserTest.aStreamCutAnywhereGivesTheSame seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            byte[] stream = withTail(RandomStreams.next(random));
            String whole = parse(stream, stream.length);
            assertThat(parse(stream, 1 + random.nextInt(60)))
                    .as("seed %d round %d", seed, round)
                    .isEqualTo(whole);
        }
    }

    /** A command cut short is judged when as many bytes have come as it has at least: give it those. */
    private static byte[] withTail(byte[] stream) {
        byte[] tail = Resp.ascii("PING\r\n".repeat(400));
        byte[] all = Arrays.copyOf(stream, stream.length + tail.length);
        System.arraycopy(tail, 0, all, stream.length, tail.length);
        return all;
    }

    @Test
    void whatIsNeededIsNeverMoreThanTheCommand() {
        byte[] command = RespClient.encode("ODOMETER.ADD", "key", "123456", "ID", "some-key");
        RespParser parser = new RespParser(MAX_ARGUMENTS, MAX_BULK, MAX_COMMAND);
        Arguments arguments = new Arguments();
        int parses = 0;
        int received = 1;
        while (parser.parse(command, 0, received, arguments, true) == RespParser.Found.MORE) {
            assertThat(parser.end()).isGreaterThan(received).isLessThanOrEqualTo(command.length);
            received = parser.end();
            parses++;
        }
        assertThat(received).isEqualTo(command.length);
        assertThat(parses).isLessThan(15);
    }

    /** Parses a stream that comes in pieces as a connection does, and tells what was found. */
    private static String parse(byte[] stream, int piece) {
        RespParser parser = new RespParser(MAX_ARGUMENTS, MAX_BULK, MAX_COMMAND);
        Arguments arguments = new Arguments();
        StringBuilder told = new StringBuilder();
        int at = 0;
        int needed = 0;
        for (int received = Math.min(piece, stream.length); ; received = Math.min(received + piece, stream.length)) {
            boolean more = received - at < needed;
            needed = more ? needed : 0;
            while (at < received && !more) {
                switch (parser.parse(stream, at, received, arguments, true)) {
                    case COMMAND -> {
                        told.append(texts(arguments));
                        at = parser.end();
                    }
                    case NOTHING -> at = parser.end();
                    case MORE -> {
                        needed = parser.end() - at;
                        more = true;
                    }
                    case ERROR -> {
                        return told.append('!').append(parser.error()).toString();
                    }
                }
            }
            if (received == stream.length) {
                return told.toString();
            }
        }
    }

    private static List<String> texts(Arguments arguments) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < arguments.count; i++) {
            texts.add(new String(arguments.copy(i), StandardCharsets.ISO_8859_1));
        }
        return texts;
    }

    private static byte[] bytes(String input) {
        return input.replace("~", "\r\n").replace('^', '\n').getBytes(StandardCharsets.ISO_8859_1);
    }

    static Stream<org.junit.jupiter.params.provider.Arguments> streams() {
        return Table.of("""
*1~$4~PING~                => [PING]
*2~$4~INCR~$3~a b~         => [INCR, a b]
*2~$3~GET~$0~~             => [GET, ]
*2~$3~GET~$2~~~            => [GET, ~]
PING~                      => [PING]
PING^                      => [PING]
  SET  a   "b c"  ~      => [SET, a, b c]
SET a "\\x41\\n\\"" ~      => [SET, a, A^"]
SET a 'it\\'s' ~           => [SET, a, it's]
ab"cd"~                    => [abcd]
""~                    => []
ECHO ""~                    => [ECHO, ]
~PING~^PING~               => [PING][PING]
*0~*-1~*-5~PING~           => [PING]
*1~$4~PI                   =>
*1~$4~PING~PI              => [PING]
*2147483648~               => !Protocol error: invalid multibulk length
*65~                       => !Protocol error: invalid multibulk length
*a~                        => !Protocol error: invalid multibulk length
*~                         => !Protocol error: invalid multibulk length
*01~                       => !Protocol error: invalid multibulk length
*+1~                       => !Protocol error: invalid multibulk length
*1~$-5~                    => !Protocol error: invalid bulk length
*1~$99999999999~           => !Protocol error: invalid bulk length
*1~$1001~                  => !Protocol error: invalid bulk length
*1~$x~                     => !Protocol error: invalid bulk length
*1~PING~                   => !Protocol error: expected '$', got 'P'
*1~$4~PING~*1~x            => [PING]!Protocol error: expected '$', got 'x'
SET a "b~                  => !Protocol error: unbalanced quotes in request
SET a 'b~                  => !Protocol error: unbalanced quotes in request
SET a "b"c~                => !Protocol error: unbalanced quotes in request
""");
    }
}
