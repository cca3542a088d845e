package dev.odometer.server.cluster;

import dev.odometer.cluster.ClusterConfig;
import dev.odometer.cluster.grpc.PeerTls;
import dev.odometer.engine.membership.Membership;
import org.jspecify.annotations.Nullable;

/**
 * How a server takes part in a cluster.
 *
 * @param membership not joined yet; the server's from its start on, which joins, leaves and closes it
 * @param advertise the host name or address by which other nodes reach this one
 * @param port the port for other nodes; 0 for any free one
 * @param tls mutual TLS on that port; null for none, which is for a trusted network only
 * @param bounds the bounds of what nodes do for each other
 */
public record ClusterSetup(
        Membership membership,
        String advertise,
        int port,
        @Nullable PeerTls tls,
        ClusterConfig bounds) {
    /** Checks the port and the address. */
    public ClusterSetup {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("the cluster port is " + port + ", must be from 0 to 65535");
        }
        if (advertise.isBlank()) {
            throw new IllegalArgumentException("the address to advertise to other nodes is empty");
        }
    }
}
