package dev.odometer.server.http;

import java.time.Duration;

/**
 * The HTTP door's address and bounds.
 *
 * @param bind the address to listen on, a name or a number
 * @param port the port, or 0 for any free one
 * @param threads how many event loops read requests and write answers; from 1 to 64
 * @param maxConnections how many connections may be open; further ones are closed at once
 * @param maxPipelined how many requests of one HTTP/1 connection, or streams of one HTTP/2 connection, may wait for
 *     their answers before the server stops reading from it
 * @param maxBodyBytes the longest request body; longer ones get 413
 * @param maxHeaderBytes the most bytes of all header fields of a request together; more get 431
 * @param maxRequestLineBytes the longest request line; longer ones get 414
 * @param requestTimeout how long a request may take from its header to its answer, with its body
 * @param idleTimeout how long a connection may go without a complete request header, from its start or from the last
 *     request
 * @param stopTimeout how long {@link HttpApi#stop} waits for answers before it closes the connections
 */
public record HttpConfig(
        String bind,
        int port,
        int threads,
        int maxConnections,
        int maxPipelined,
        int maxBodyBytes,
        int maxHeaderBytes,
        int maxRequestLineBytes,
        Duration requestTimeout,
        Duration idleTimeout,
        Duration stopTimeout) {

    /**
     * One thread, 10,000 connections, 256 pipelined requests, bodies of 1 MiB, 16 KiB of headers, 10 s a request, 60
     * s of idleness.
     */
    public static HttpConfig defaults(String bind, int port) {
        return new HttpConfig(
                bind,
                port,
                1,
                10_000,
                256,
                1 << 20,
                16 << 10,
                8 << 10,
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                Duration.ofSeconds(8));
    }

    /** Checks the bounds; reports all that are wrong together. */
    public HttpConfig {
        StringBuilder wrong = new StringBuilder();
        if (bind.isBlank()) {
            wrong.append("bind is empty; ");
        }
        between(wrong, "port", port, 0, 65_535);
        between(wrong, "threads", threads, 1, 64);
        between(wrong, "maxConnections", maxConnections, 1, 1_000_000);
        between(wrong, "maxPipelined", maxPipelined, 1, 65_536);
        between(wrong, "maxBodyBytes", maxBodyBytes, 1 << 10, 64 << 20);
        between(wrong, "maxHeaderBytes", maxHeaderBytes, 1 << 10, 1 << 20);
        between(wrong, "maxRequestLineBytes", maxRequestLineBytes, 2 << 10, 1 << 20);
        positive(wrong, "requestTimeout", requestTimeout);
        positive(wrong, "idleTimeout", idleTimeout);
        positive(wrong, "stopTimeout", stopTimeout);
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException("the HTTP configuration cannot be used: " + wrong);
        }
    }

    /** The same with other timeouts. */
    public HttpConfig withTimeouts(Duration request, Duration idle, Duration stop) {
        return new HttpConfig(
                bind,
                port,
                threads,
                maxConnections,
                maxPipelined,
                maxBodyBytes,
                maxHeaderBytes,
                maxRequestLineBytes,
                request,
                idle,
                stop);
    }

    /** The same with another number of event loops. */
    public HttpConfig withThreads(int count) {
        return new HttpConfig(
                bind,
                port,
                count,
                maxConnections,
                maxPipelined,
                maxBodyBytes,
                maxHeaderBytes,
                maxRequestLineBytes,
                requestTimeout,
                idleTimeout,
                stopTimeout);
    }

    private static void between(StringBuilder wrong, String name, int value, int least, int most) {
        if (value < least || value > most) {
            wrong.append(name).append(" is ").append(value);
            wrong.append(", must be from ")
                    .append(least)
                    .append(" to ")
                    .append(most)
                    .append("; ");
        }
    }

    private static void positive(StringBuilder wrong, String name, Duration value) {
        if (value.toMillis() < 1) {
            wrong.append(name).append(" is ").append(value).append(", must be at least a millisecond; ");
        }
    }
}
