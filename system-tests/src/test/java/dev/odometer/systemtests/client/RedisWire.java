package dev.odometer.systemtests.client;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A connection of the Redis protocol (RESP2) on a bare socket. Used by one thread. */
public final class RedisWire implements Closeable {
    private static final int CONNECT_MILLIS = 2_000;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    /** An error reply, such as {@code ERR syntax error}. */
    public record Failure(String text) {}

    /**
     * Connects.
     *
     * @param timeoutMillis how long to wait for bytes of a reply
     */
    public RedisWire(int port, int timeoutMillis) throws IOException {
        socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(timeoutMillis);
            in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
            out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Adds a command to what the next {@link #flush} sends. */
    public void send(String... words) throws IOException {
        out.write(("*" + words.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
        for (String word : words) {
            byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
            out.write(("$" + bytes.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
            out.write(bytes);
            out.write('\r');
            out.write('\n');
        }
    }

    /** Sends. */
    public void flush() throws IOException {
        out.flush();
    }

    /** Sends a command and reads its reply. */
    public Object call(String... words) throws IOException {
        send(words);
        flush();
        return reply();
    }

    /** Calls and expects a number. */
    public long number(String... words) throws IOException {
        if (call(words) instanceof Long number) {
            return number;
        }
        throw new AssertionError(String.join(" ", words) + " gave no number");
    }

    /** Calls for the values of counters; null where one is absent. */
    public List<Long> values(List<String> keys) throws IOException {
        List<String> words = new ArrayList<>(keys.size() + 1);
        words.add("MGET");
        words.addAll(keys);
        List<Long> values = new ArrayList<>(keys.size());
        if (!(call(words.toArray(String[]::new)) instanceof List<?> replies)) {
            throw new AssertionError("MGET gave no list");
        }
        for (Object reply : replies) {
            values.add(reply == null ? null : Long.valueOf((String) reply));
        }
        return values;
    }

    /** The next reply: a Long, a String, a List, a {@link Failure} or null. */
    public Object reply() throws IOException {
        int type = in.read();
        if (type < 0) {
            throw new EOFException("the server closed the connection");
        }
        String line = line();
        return switch (type) {
            case '+' -> line;
            case '-' -> new Failure(line);
            case ':' -> Long.valueOf(line);
            case '$' -> bulk(Integer.parseInt(line));
            case '*' -> list(Integer.parseInt(line));
            default -> throw new IOException("not a reply: " + (char) type + line);
        };
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\r'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("the connection ended within a reply");
            }
            line.append((char) b);
        }
        if (in.read() != '\n') {
            throw new EOFException("the connection ended within a line end");
        }
        return line.toString();
    }

    private String bulk(int length) throws IOException {
        if (length < 0) {
            return null;
        }
        byte[] bytes = in.readNBytes(length + 2);
        if (bytes.length < length + 2) {
            throw new EOFException("the connection ended within a string");
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    private List<Object> list(int length) throws IOException {
        if (length < 0) {
            return null;
        }
        List<Object> list = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            list.add(reply());
        }
        return list;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
