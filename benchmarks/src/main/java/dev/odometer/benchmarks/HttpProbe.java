package dev.odometer.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;

/** Asks an HTTP server again and again for an add, until one is acknowledged. A bare socket: nothing to warm up. */
final class HttpProbe {
    private static final int TIMEOUT_MILLIS = 60_000;
    private static final long RETRY_NANOS = 1_000_000;
    private static final String ADD = """
            POST /v1/counters/restart-probe-http/add HTTP/1.1
            Host: localhost
            Content-Length: 0
            Connection: close

            """;

    private HttpProbe() {}

    /** Returns when the first acknowledgement was there, by {@link System#nanoTime}. */
    static long awaitAdd(int port, long deadlineNanos, Runnable checkAlive) {
        while (System.nanoTime() < deadlineNanos) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
                socket.setSoTimeout(TIMEOUT_MILLIS);
                socket.getOutputStream().write(ADD.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
                InputStream in = socket.getInputStream();
                String status = new String(in.readNBytes("HTTP/1.1 200".length()), StandardCharsets.US_ASCII);
                if (status.equals("HTTP/1.1 200")) {
                    return System.nanoTime();
                }
            } catch (IOException e) {
                checkAlive.run();
            }
            LockSupport.parkNanos(RETRY_NANOS);
        }
        throw new BenchException("HTTP did not acknowledge an add in time");
    }
}
