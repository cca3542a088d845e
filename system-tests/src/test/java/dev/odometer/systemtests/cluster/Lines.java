package dev.odometer.systemtests.cluster;

import dev.odometer.testkit.net.FaultProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The lines that one node has to all that it calls: a proxy of its own to each replica of Cassandra, to the
 * coordinator, and to each other node, on addresses of 127.0.0.0/8 that only this node is told of. So one line is cut
 * and nobody else's. No privilege is needed.
 *
 * <p>A cut is silence, as of a network that swallows packets: connections stay, and nothing comes. It is not what a
 * process that is gone looks like.
 */
public final class Lines implements AutoCloseable {
    private static final String DOMAIN = ".cluster.test";

    private final int number;
    private final Path folder;
    private final List<FaultProxy> replicas = new ArrayList<>();
    private final Map<String, FaultProxy> peers = new LinkedHashMap<>();
    private final FaultProxy coordinator;

    Lines(int number, Path folder, List<InetSocketAddress> cassandra, InetSocketAddress coordinator) {
        this.number = number;
        this.folder = folder;
        this.coordinator = FaultProxy.to(coordinator);
        for (InetSocketAddress replica : cassandra) {
            String address = "127.11." + number + "." + (replicas.size() + 1);
            replicas.add(FaultProxy.listeningOn(new InetSocketAddress(address, replica.getPort()), replica));
        }
    }

    /** A line to another node. */
    void toPeer(int peer, String name, int clusterPort) {
        InetSocketAddress here = new InetSocketAddress("127.12." + number + "." + (peer + 1), clusterPort);
        peers.put(name, FaultProxy.listeningOn(here, new InetSocketAddress("127.0.0.1", clusterPort)));
    }

    InetSocketAddress coordinatorAddress() {
        return coordinator.address();
    }

    String contactPoints() {
        return replicas.stream()
                .map(proxy -> Coordination.text(proxy.address()))
                .collect(Collectors.joining(","));
    }

    /** The name by which other nodes call a node, which each of them finds at its own line. */
    static String hostName(String node) {
        return node + DOMAIN;
    }

    /** The driver learns the replicas' own addresses from Cassandra: this leads it back to the lines. */
    Path driverConfig() {
        StringBuilder text = new StringBuilder("datastax-java-driver.advanced.address-translator {\n"
                + "  class = SubnetAddressTranslator\n  resolve-addresses = true\n  subnet-addresses {\n");
        replicas.forEach(proxy -> text.append("    \"")
                .append(proxy.target().getAddress().getHostAddress())
                .append("/32\" = \"")
                .append(Coordination.text(proxy.address()))
                .append("\"\n"));
        return write("driver.conf", text.append("  }\n}\n").toString());
    }

    /** Options of the node's JVM by which it finds other nodes at its lines. */
    String javaOptions() {
        StringBuilder text = new StringBuilder("127.0.0.1 localhost\n");
        peers.forEach((name, proxy) -> text.append(proxy.address().getAddress().getHostAddress())
                .append(' ')
                .append(hostName(name))
                .append('\n'));
        return "-Dcom.linecorp.armeria.useJdkDnsResolver=true -Djdk.net.hosts.file=" + write("hosts", text.toString());
    }

    private Path write(String name, String text) {
        try {
            return Files.writeString(folder.resolve("node" + number + "-" + name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From now on nothing passes between this node and Cassandra. */
    public void cutStore() {
        replicas.forEach(Lines::cut);
    }

    /** From now on nothing passes between this node and the coordinator. */
    public void cutCoordinator() {
        cut(coordinator);
    }

    /** From now on nothing passes of what this node calls another for: neither its calls nor the answers. */
    public void cutPeer(Node peer) {
        cut(peer(peer));
    }

    /** One way: this node's calls to another arrive, and the answers are lost. */
    public void loseAnswersOf(Node peer) {
        peer(peer).dropAnswers();
    }

    private FaultProxy peer(Node peer) {
        FaultProxy proxy = peers.get(peer.name());
        if (proxy == null) {
            throw new IllegalArgumentException("no line to " + peer.name());
        }
        return proxy;
    }

    private static void cut(FaultProxy proxy) {
        proxy.holdRequests();
        proxy.holdAnswers();
    }

    /** Everything passes again; what was held arrives now. */
    public void heal() {
        replicas.forEach(FaultProxy::heal);
        peers.values().forEach(FaultProxy::heal);
        coordinator.heal();
    }

    @Override
    public void close() {
        replicas.forEach(FaultProxy::close);
        peers.values().forEach(FaultProxy::close);
        coordinator.close();
    }
}
