package dev.odometer.store.cassandra;

import dev.odometer.testkit.cassandra.CassandraCluster;
import dev.odometer.testkit.cassandra.CassandraNode;
import dev.odometer.testkit.net.FaultProxy;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A fault proxy in front of each node: a store may be led through them, while another one goes around. */
final class Proxies implements AutoCloseable {
    private final List<FaultProxy> proxies = new ArrayList<>();
    private final Path driverConfig;

    Proxies(CassandraCluster cluster, Path directory) throws IOException {
        ProxyTranslator.PROXIES.clear();
        for (CassandraNode node : cluster.nodes()) {
            FaultProxy proxy = FaultProxy.to(node.contactPoint());
            proxies.add(proxy);
            ProxyTranslator.PROXIES.put(node.contactPoint(), proxy.address());
        }
        driverConfig = directory.resolve("driver.conf");
        Files.writeString(
                driverConfig,
                "datastax-java-driver.advanced.address-translator.class = \"" + ProxyTranslator.class.getName()
                        + "\"\n");
    }

    /** The same store, through the proxies. */
    CassandraStoreConfig lead(CassandraStoreConfig config, Duration requestTimeout) {
        List<InetSocketAddress> addresses =
                proxies.stream().map(FaultProxy::address).toList();
        return new CassandraStoreConfig(
                addresses,
                config.localDatacenter(),
                config.keyspace(),
                config.shards(),
                config.localSerial(),
                requestTimeout,
                config.connectTimeout(),
                null,
                null,
                null,
                driverConfig);
    }

    void all(Consumer<FaultProxy> action) {
        proxies.forEach(action);
    }

    FaultProxy get(int number) {
        return proxies.get(number);
    }

    int size() {
        return proxies.size();
    }

    long heldRequestBytes() {
        return proxies.stream().mapToLong(FaultProxy::heldRequestBytes).sum();
    }

    long droppedAnswerBytes() {
        return proxies.stream().mapToLong(FaultProxy::droppedAnswerBytes).sum();
    }

    @Override
    public void close() {
        proxies.forEach(FaultProxy::close);
    }
}
