package dev.odometer.server.redis;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Builds a reply of several parts, in RESP2 or RESP3. For replies off the fast path. Not thread-safe. */
final class ReplyBuilder {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream(128);
    private final byte[] number = new byte[Resp.MAX_INTEGER_BYTES];
    private final int protocol;

    ReplyBuilder(int protocol) {
        this.protocol = protocol;
    }

    ReplyBuilder array(int elements) {
        return header('*', elements);
    }

    /** A map; in RESP2 an array of keys and values in turn. */
    ReplyBuilder map(int entries) {
        return protocol == 3 ? header('%', entries) : header('*', 2L * entries);
    }

    /** A set; in RESP2 an array. */
    ReplyBuilder set(int elements) {
        return header(protocol == 3 ? '~' : '*', elements);
    }

    ReplyBuilder integer(long value) {
        out.write(number, 0, Resp.integer(number, 0, value));
        return this;
    }

    ReplyBuilder bulkInteger(long value) {
        out.write(number, 0, Resp.bulkInteger(number, 0, value));
        return this;
    }

    ReplyBuilder bulk(byte[] bytes) {
        header('$', bytes.length);
        out.write(bytes, 0, bytes.length);
        return end();
    }

    ReplyBuilder bulk(String text) {
        return bulk(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Text for people to read; in RESP2 a bulk string. */
    ReplyBuilder verbatim(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (protocol != 3) {
            return bulk(bytes);
        }
        header('=', bytes.length + 4L);
        raw(Resp.ascii("txt:"));
        out.write(bytes, 0, bytes.length);
        return end();
    }

    ReplyBuilder simple(String text) {
        raw(Resp.ascii("+" + text));
        return end();
    }

    ReplyBuilder nil() {
        return raw(Resp.nil(protocol));
    }

    /** Bytes that are a reply already. */
    ReplyBuilder raw(byte[] reply) {
        out.write(reply, 0, reply.length);
        return this;
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    private ReplyBuilder header(char kind, long number) {
        out.write(kind);
        return raw(Resp.ascii(Long.toString(number))).end();
    }

    private ReplyBuilder end() {
        out.write('\r');
        out.write('\n');
        return this;
    }
}
