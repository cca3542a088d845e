package dev.odometer.testkit.membership;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * One Apache ZooKeeper server in a JVM of its own, on the class path of this one: the tests of the module need
 * {@code org.apache.zookeeper:zookeeper}, and {@code snappy-java} and {@code metrics-core}, which the server wants.
 * Grants sessions from 400 ms on.
 */
public final class ZooKeeperServer extends CoordinatorServer {
    private final int port = ServerProcess.freePort();
    private final ServerProcess process;

    /** Creates it, not yet started, with an empty directory. */
    public ZooKeeperServer(Path directory) {
        Path config = directory.resolve("zoo.cfg");
        try {
            Files.createDirectories(directory.resolve("data"));
            Files.writeString(
                    config,
                    "dataDir=" + directory.resolve("data") + "\nclientPort=" + port
                            + "\nclientPortAddress=127.0.0.1\ntickTime=200\nminSessionTimeout=400\ninitLimit=50"
                            + "\nsyncLimit=25\nadmin.enableServer=false\n4lw.commands.whitelist=srvr\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        process = new ServerProcess(
                List.of(
                        ServerProcess.java(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        ServerProcess.classPath(),
                        "org.apache.zookeeper.server.quorum.QuorumPeerMain",
                        config.toString()),
                directory.resolve("output.txt"));
    }

    @Override
    ServerProcess process() {
        return process;
    }

    @Override
    public void start() {
        process.start(this::serves);
    }

    /** It listens before it grants sessions. */
    private boolean serves() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            socket.setSoTimeout(1_000);
            socket.getOutputStream().write("srvr".getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return answer.contains("Mode:");
        } catch (IOException e) {
            return false;
        }
    }

    /** {@code host:port}. */
    @Override
    public String address() {
        return "127.0.0.1:" + port;
    }
}
