package dev.odometer.cli.serve;

import dev.odometer.cli.config.ConfigLoader;
import dev.odometer.cli.config.Setting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/** A server of the real kind on free ports, in the test's process. */
public final class TestServer implements AutoCloseable {
    private final ServerStart start;

    private TestServer(ServerStart start) {
        this.start = start;
    }

    /** Starts one with its data in a directory. */
    public static TestServer start(Path data) {
        return start(data, Map.of());
    }

    /** Starts one with settings that are not the tests' defaults. */
    public static TestServer start(Path data, Map<Setting, String> others) {
        Map<Setting, String> flags = new EnumMap<>(Setting.class);
        flags.put(Setting.HTTP_PORT, "0");
        flags.put(Setting.REDIS_PORT, "0");
        flags.put(Setting.DATA, data.toString());
        flags.putAll(others);
        return new TestServer(ServerStart.start(ConfigLoader.load(flags, null, Map.of()), (message, cause) -> {
            throw new AssertionError(message, cause);
        }));
    }

    public String url() {
        return "http://127.0.0.1:" + start.server().httpAddress().getPort();
    }

    /** Deletes all counters; the setting must allow it. */
    public void flushAll() throws IOException {
        try (Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), start.server().redisAddress().getPort())) {
            socket.getOutputStream().write("FLUSHALL\r\n".getBytes(StandardCharsets.US_ASCII));
            if (socket.getInputStream().read() != '+') {
                throw new IOException("FLUSHALL was refused");
            }
        }
    }

    @Override
    public void close() {
        start.server().close();
    }
}
