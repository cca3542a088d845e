package dev.odometer.testkit.membership;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One etcd server, of the program {@code etcd} on the path. Grants leases from 1 s on. */
public final class EtcdServer extends CoordinatorServer {
    private final int port = ServerProcess.freePort();
    private final boolean tls;
    private final String address;
    private final ServerProcess process;

    /** Creates it, not yet started, with an empty directory. Without encryption. */
    public EtcdServer(Path directory) {
        this(directory, false);
    }

    /**
     * Creates it, not yet started, with an empty directory.
     *
     * @param tls with a certificate that the server makes for itself, {@code data/fixtures/client/cert.pem}
     */
    public EtcdServer(Path directory, boolean tls) {
        String peer = "http://127.0.0.1:" + ServerProcess.freePort();
        this.tls = tls;
        address = (tls ? "https" : "http") + "://127.0.0.1:" + port;
        List<String> command = new ArrayList<>(List.of(
                "etcd",
                "--name=one",
                "--data-dir=" + directory.resolve("data"),
                "--listen-client-urls=" + address,
                "--advertise-client-urls=" + address,
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=one=" + peer,
                "--heartbeat-interval=50",
                "--election-timeout=500",
                "--log-level=warn"));
        if (tls) {
            command.add("--auto-tls");
        }
        process = new ServerProcess(command, directory.resolve("output.txt"));
    }

    @Override
    ServerProcess process() {
        return process;
    }

    @Override
    public void start() {
        process.start(tls ? () -> ServerProcess.listens(port) : this::healthy);
    }

    /** It listens before it has a leader. */
    private boolean healthy() {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create(address + "/health").toURL().openConnection();
            connection.setConnectTimeout(1_000);
            connection.setReadTimeout(1_000);
            return connection.getResponseCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /** {@code http://host:port}. */
    @Override
    public String address() {
        return address;
    }
}
