package dev.odometer.systemtests.badinput;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/**
 * A line of the table of bad input.
 *
 * @param name what is wrong with it
 * @param door where it is sent
 * @param sent the bytes, as ISO 8859-1
 * @param expected what the answer begins with: for HTTP the status, for the Redis protocol the reply
 * @param contained what the answer has in it
 * @param closed whether the connection must be closed after the answer
 */
record Row(String name, Door door, String sent, String expected, List<String> contained, boolean closed) {

    /** The protocol. */
    enum Door {
        HTTP,
        REDIS
    }

    byte[] bytes() {
        return sent.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A problem over HTTP. */
    static Row http(String name, String sent, int status, String problem) {
        return new Row(name, Door.HTTP, sent, "HTTP/1.1 " + status, List.of("/problems/" + problem), false);
    }

    /** An error of the Redis protocol. */
    static Row redis(String name, String sent, String error) {
        return new Row(name, Door.REDIS, sent, "-" + error, List.of(), false);
    }

    /** The same, and the connection is closed. */
    Row thenClosed() {
        return new Row(name, door, sent, expected, contained, true);
    }

    /** The same, with this in the answer too. */
    Row containing(String text) {
        return new Row(
                name,
                door,
                sent,
                expected,
                Stream.concat(contained.stream(), Stream.of(text)).toList(),
                closed);
    }

    @Override
    public String toString() {
        return door + ": " + name;
    }
}
