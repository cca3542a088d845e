package dev.odometer.cli.serve;

import dev.odometer.cli.config.Setting;
import dev.odometer.cli.config.Settings;
import dev.odometer.cli.console.CommandException;
import dev.odometer.cli.console.ExitCode;
import dev.odometer.cluster.ClusterConfig;
import dev.odometer.cluster.grpc.PeerTls;
import dev.odometer.engine.membership.Membership;
import dev.odometer.membership.etcd.EtcdConfig;
import dev.odometer.membership.etcd.EtcdMembership;
import dev.odometer.membership.zookeeper.ZooKeeperConfig;
import dev.odometer.membership.zookeeper.ZooKeeperMembership;
import dev.odometer.server.cluster.ClusterSetup;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a server takes part in a cluster, as settings describe it. A server that is alone loads none of this. */
final class ClusterSettings {
    private static final String STANDALONE = "standalone";
    private static final String ZOOKEEPER = "zookeeper";

    private ClusterSettings() {}

    /** Whether the server is one of several nodes. */
    static boolean isClustered(Settings settings) {
        return !settings.text(Setting.MEMBERSHIP).equals(STANDALONE);
    }

    /** How it takes part, of settings that {@link #check} let pass. Nothing is asked of the coordinator yet. */
    static ClusterSetup setup(Settings settings) {
        return new ClusterSetup(
                membership(settings),
                advertise(settings),
                settings.integer(Setting.CLUSTER_PORT),
                tls(settings),
                ClusterConfig.defaults());
    }

    /**
     * Refuses what cannot be right, before anything is opened.
     *
     * @throws CommandException where settings do not fit together
     */
    static void check(Settings settings) {
        if (!isClustered(settings)) {
            return;
        }
        String kind = settings.text(Setting.MEMBERSHIP);
        if (settings.text(Setting.STORE).equals("embedded")) {
            throw wrong(
                    "--membership " + kind + " needs a store that several nodes share, and the embedded store belongs"
                            + " to one process: use --store cassandra, or --membership standalone");
        }
        if (!settings.isSaid(Setting.NODE_NAME)) {
            throw wrong("--membership " + kind
                    + " needs a --node-name: each node has one of its own, which it keeps over" + " restarts");
        }
        try {
            advertise(settings);
            tls(settings);
            if (isZooKeeper(settings)) {
                zooKeeper(settings);
            } else {
                etcd(settings);
            }
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    private static Membership membership(Settings settings) {
        return isZooKeeper(settings)
                ? ZooKeeperMembership.open(zooKeeper(settings), ClusterSettings::thread, System::nanoTime)
                : EtcdMembership.open(etcd(settings), ClusterSettings::thread, System::nanoTime);
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "odometer-membership");
        thread.setDaemon(true);
        return thread;
    }

    private static boolean isZooKeeper(Settings settings) {
        return settings.text(Setting.MEMBERSHIP).equals(ZOOKEEPER);
    }

    private static ZooKeeperConfig zooKeeper(Settings settings) {
        String user = settings.textOrNull(Setting.ZOOKEEPER_USER);
        String password = settings.textOrNull(Setting.ZOOKEEPER_PASSWORD);
        if ((user == null) != (password == null)) {
            throw wrong("--zookeeper-user and --zookeeper-password go together");
        }
        return new ZooKeeperConfig(
                settings.text(Setting.ZOOKEEPER),
                members(settings),
                (int) settings.millis(Setting.SESSION_TIMEOUT),
                user == null ? null : user + ":" + password);
    }

    private static EtcdConfig etcd(Settings settings) {
        long timeout = settings.millis(Setting.SESSION_TIMEOUT);
        if (timeout % 1_000 != 0) {
            throw wrong("--session-timeout must be whole seconds with etcd, whose leases are");
        }
        return new EtcdConfig(
                List.of(settings.text(Setting.ETCD).split(",", -1)),
                members(settings) + "/",
                (int) (timeout / 1_000),
                settings.textOrNull(Setting.ETCD_USER),
                settings.textOrNull(Setting.ETCD_PASSWORD),
                path(settings, Setting.ETCD_TRUSTED),
                path(settings, Setting.ETCD_CERTIFICATE),
                path(settings, Setting.ETCD_KEY));
    }

    /** Where the cluster's members are at its coordinator, apart from those of other clusters. */
    private static String members(Settings settings) {
        String name = settings.textOrNull(Setting.CLUSTER_NAME);
        return "/odometer/" + (name == null ? settings.text(Setting.CASSANDRA_KEYSPACE) : name) + "/members";
    }

    private static @Nullable Path path(Settings settings, Setting setting) {
        String text = settings.textOrNull(setting);
        return text == null ? null : Path.of(text);
    }

    private static String advertise(Settings settings) {
        String said = settings.textOrNull(Setting.ADVERTISE);
        if (said != null) {
            return said;
        }
        String bind = settings.text(Setting.BIND);
        try {
            if (!InetAddress.getByName(bind).isAnyLocalAddress()) {
                return bind;
            }
        } catch (UnknownHostException e) {
            return bind; // the start meets it again, and tells
        }
        throw wrong("--bind " + bind + " does not say how other nodes reach this one: say it with --advertise");
    }

    private static @Nullable PeerTls tls(Settings settings) {
        Path certificate = path(settings, Setting.CLUSTER_CERTIFICATE);
        Path key = path(settings, Setting.CLUSTER_KEY);
        Path trusted = path(settings, Setting.CLUSTER_TRUSTED);
        if (certificate == null && key == null && trusted == null) {
            return null;
        }
        if (certificate == null || key == null || trusted == null) {
            throw wrong("TLS between nodes needs --cluster-certificate, --cluster-key and --cluster-trusted together");
        }
        return new PeerTls(certificate, key, trusted);
    }

    private static CommandException wrong(String message) {
        return new CommandException(ExitCode.CONFIG, "the settings of the cluster do not fit: " + message);
    }
}
