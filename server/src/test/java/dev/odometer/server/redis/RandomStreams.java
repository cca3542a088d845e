package dev.odometer.server.redis;

import java.io.ByteArrayOutputStream;
import java.util.Random;

/** Streams that are mostly the protocol, with something wrong now and then. */
final class RandomStreams {
    private static final String[] WORDS = {
        "INCR", "get", "SET", "DEL", "key", "a", "", "17", "-5", "\"q\"", "MGET", "nx", "\r\n", "x'y", "PING", "ECHO"
    };
    private static final String NOISE = "*$\r\n\"' \\x0123456789-+_abcINCR\0\u00ff";

    private RandomStreams() {}

    static byte[] next(Random random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int commands = 1 + random.nextInt(6);
        for (int i = 0; i < commands; i++) {
            switch (random.nextInt(8)) {
                case 0 -> noise(random, out);
                case 1, 2 -> out.writeBytes(Resp.ascii(words(random, " ") + (random.nextBoolean() ? "\r\n" : "\n")));
                case 3 -> out.writeBytes(damaged(random));
                default -> out.writeBytes(RespClient.encode(words(random, "|").split("\\|", -1)));
            }
        }
        return out.toByteArray();
    }

    private static String words(Random random, String separator) {
        StringBuilder words = new StringBuilder(WORDS[random.nextInt(WORDS.length)]);
        int more = random.nextInt(4);
        for (int i = 0; i < more; i++) {
            words.append(separator).append(WORDS[random.nextInt(WORDS.length)]);
        }
        return words.toString();
    }

    private static byte[] damaged(Random random) {
        byte[] command = RespClient.encode(words(random, "|").split("\\|", -1));
        command[random.nextInt(command.length)] = (byte) NOISE.charAt(random.nextInt(NOISE.length()));
        return command;
    }

    private static void noise(Random random, ByteArrayOutputStream out) {
        int length = random.nextInt(30);
        for (int i = 0; i < length; i++) {
            out.write(NOISE.charAt(random.nextInt(NOISE.length())));
        }
    }
}
