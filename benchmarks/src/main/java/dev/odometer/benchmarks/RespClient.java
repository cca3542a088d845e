package dev.odometer.benchmarks;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;

/** A connection that speaks enough of the Redis protocol to load a server and to see when it answers. One thread. */
final class RespClient implements Closeable {
    private static final int TIMEOUT_MILLIS = 60_000;
    private static final long RETRY_NANOS = 1_000_000;

    private final Socket socket = new Socket();
    private final InputStream in;
    private final OutputStream out;

    RespClient(int port) throws IOException {
        try {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.setTcpNoDelay(true);
            in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
            out = socket.getOutputStream();
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Appends a command to what is to be sent. */
    static void append(ByteArrayOutputStream to, String... words) {
        to.writeBytes(("*" + words.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
        for (String word : words) {
            byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
            to.writeBytes(("$" + bytes.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
            to.writeBytes(bytes);
            to.writeBytes(new byte[] {'\r', '\n'});
        }
    }

    void send(ByteArrayOutputStream commands) throws IOException {
        commands.writeTo(out);
        out.flush();
    }

    /** Sends a command and returns the first line of its reply. */
    String call(String... words) throws IOException {
        ByteArrayOutputStream command = new ByteArrayOutputStream();
        append(command, words);
        send(command);
        return line();
    }

    /** The next line that the server sends, without its end. */
    String line() throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            int c = in.read();
            if (c < 0) {
                throw new IOException("the server closed the connection");
            }
            if (c == '\n') {
                return line.toString();
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
    }

    /** Waits until a server answers a PING. */
    static void awaitPong(int port, long deadlineNanos, Runnable checkAlive) {
        awaitReply(port, deadlineNanos, checkAlive, "+", "PING");
    }

    /**
     * Connects and asks, again and again, until the reply begins as it should; refusals and errors such as LOADING mean
     * "not yet". Returns when that reply was there, by {@link System#nanoTime}.
     */
    static long awaitReply(int port, long deadlineNanos, Runnable checkAlive, String expected, String... words) {
        String last = "nothing";
        while (System.nanoTime() < deadlineNanos) {
            try (RespClient client = new RespClient(port)) {
                while (System.nanoTime() < deadlineNanos) {
                    last = client.call(words);
                    if (last.startsWith(expected)) {
                        return System.nanoTime();
                    }
                    LockSupport.parkNanos(RETRY_NANOS);
                }
            } catch (IOException e) {
                checkAlive.run();
                LockSupport.parkNanos(RETRY_NANOS);
            }
        }
        throw new BenchException(
                "port " + port + " did not answer " + String.join(" ", words) + " in time; last: " + last);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
