package dev.odometer.cli.store;

import dev.odometer.cli.config.Setting;
import dev.odometer.cli.config.Settings;
import dev.odometer.cli.config.Values;
import dev.odometer.cli.console.CommandException;
import dev.odometer.cli.console.ExitCode;
import dev.odometer.store.cassandra.CassandraStore;
import dev.odometer.store.cassandra.CassandraStoreConfig;
import dev.odometer.store.cassandra.Finding;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The store in Cassandra, as settings describe it. Nothing of the driver is loaded before this class is. */
public final class CassandraSettings {
    private static final Logger LOG = LoggerFactory.getLogger(CassandraSettings.class);

    private CassandraSettings() {}

    /**
     * Opens the store for a server that serves all of it, and logs what of the cluster's settings endangers it. {@code
     * fenced} is told, once, where another server has taken over.
     */
    public static OpenedStore open(Settings settings, Consumer<FencedException> fenced) {
        long start = System.nanoTime();
        CassandraStoreConfig config = config(settings);
        CassandraStore store =
                settings.isSaid(Setting.SHARDS) ? CassandraStore.open(config) : CassandraStore.openAsStored(config);
        try {
            for (Finding finding : store.check()) {
                LOG.warn("Cassandra: {}. To mend it: {}", finding.problem(), finding.remedy());
            }
        } catch (RuntimeException e) {
            LOG.warn("Cassandra's settings could not be checked: {}", e.getMessage());
        }
        String place = "cassandra://" + settings.text(Setting.CASSANDRA_CONTACT_POINTS) + "/" + config.keyspace();
        // In a cluster, to be replaced is nothing that ends a server.
        boolean alone = settings.text(Setting.MEMBERSHIP).equals("standalone");
        return new OpenedStore(
                alone ? new StandaloneFence(store, fenced) : store, place, "Cassandra", System.nanoTime() - start);
    }

    /**
     * The configuration of the store.
     *
     * @throws CommandException where settings do not fit together
     */
    public static CassandraStoreConfig config(Settings settings) {
        try {
            return new CassandraStoreConfig(
                    contactPoints(settings.text(Setting.CASSANDRA_CONTACT_POINTS)),
                    settings.text(Setting.CASSANDRA_LOCAL_DC),
                    settings.text(Setting.CASSANDRA_KEYSPACE),
                    settings.integer(Setting.SHARDS),
                    settings.flag(Setting.CASSANDRA_LOCAL_SERIAL),
                    Duration.ofMillis(settings.millis(Setting.CASSANDRA_TIMEOUT)),
                    Duration.ofSeconds(5),
                    settings.textOrNull(Setting.CASSANDRA_USER),
                    settings.textOrNull(Setting.CASSANDRA_PASSWORD),
                    tls(settings),
                    path(settings, Setting.CASSANDRA_DRIVER_CONFIG));
        } catch (IllegalArgumentException e) {
            throw new CommandException(ExitCode.CONFIG, "the settings for Cassandra do not fit: " + e.getMessage(), e);
        }
    }

    private static List<InetSocketAddress> contactPoints(String text) {
        List<InetSocketAddress> addresses = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            InetSocketAddress unresolved = Values.address(part);
            InetSocketAddress address = new InetSocketAddress(unresolved.getHostString(), unresolved.getPort());
            if (address.isUnresolved()) {
                throw new IllegalArgumentException("the host " + unresolved.getHostString() + " is not known here");
            }
            addresses.add(address);
        }
        return addresses;
    }

    private static CassandraStoreConfig.@Nullable Tls tls(Settings settings) {
        Path truststore = path(settings, Setting.CASSANDRA_TRUSTSTORE);
        Path keystore = path(settings, Setting.CASSANDRA_KEYSTORE);
        if (!settings.flag(Setting.CASSANDRA_TLS)) {
            if (truststore != null || keystore != null) {
                throw new IllegalArgumentException("there is a truststore or keystore, but no "
                        + Setting.CASSANDRA_TLS.flag() + ": nothing would be encrypted");
            }
            return null;
        }
        return new CassandraStoreConfig.Tls(
                truststore,
                settings.textOrNull(Setting.CASSANDRA_TRUSTSTORE_PASSWORD),
                keystore,
                settings.textOrNull(Setting.CASSANDRA_KEYSTORE_PASSWORD),
                true);
    }

    private static @Nullable Path path(Settings settings, Setting setting) {
        String text = settings.textOrNull(setting);
        return text == null ? null : Path.of(text);
    }
}
