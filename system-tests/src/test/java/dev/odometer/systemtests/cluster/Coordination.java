package dev.odometer.systemtests.cluster;

import dev.odometer.testkit.membership.CoordinatorServer;
import dev.odometer.testkit.membership.EtcdServer;
import dev.odometer.testkit.membership.ZooKeeperServer;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/** The coordinators that there are, each a real server of a test's own. */
public enum Coordination {
    /** etcd, of the program on the path. */
    ETCD {
        @Override
        CoordinatorServer server(Path directory) {
            return new EtcdServer(directory);
        }

        @Override
        InetSocketAddress listensOn(CoordinatorServer server) {
            URI uri = URI.create(server.address());
            return new InetSocketAddress(uri.getHost(), uri.getPort());
        }

        @Override
        List<String> flags(InetSocketAddress address) {
            return List.of("--membership", "etcd", "--etcd", "http://" + text(address));
        }
    },

    /** ZooKeeper, in a JVM of its own. */
    ZOOKEEPER {
        @Override
        CoordinatorServer server(Path directory) {
            return new ZooKeeperServer(directory);
        }

        @Override
        InetSocketAddress listensOn(CoordinatorServer server) {
            URI uri = URI.create("zookeeper://" + server.address());
            return new InetSocketAddress(uri.getHost(), uri.getPort());
        }

        @Override
        List<String> flags(InetSocketAddress address) {
            return List.of("--membership", "zookeeper", "--zookeeper", text(address));
        }
    };

    /** A server, not yet started, with its data in an empty directory. */
    abstract CoordinatorServer server(Path directory);

    abstract InetSocketAddress listensOn(CoordinatorServer server);

    /** What a node is started with to find it there. */
    abstract List<String> flags(InetSocketAddress address);

    /** {@code address:port}. */
    static String text(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }
}
