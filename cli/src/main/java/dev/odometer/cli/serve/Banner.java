package dev.odometer.cli.serve;

import dev.odometer.cli.console.Display;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * What a server says when it serves.
 *
 * @param place where the counters are
 * @param kind what keeps them, such as RocksDB
 * @param restoreNanos how long it took to open the data and acquire the shards
 * @param startNanos how long it took from the start of the JVM
 */
record Banner(
        String version,
        InetSocketAddress http,
        InetSocketAddress redis,
        String place,
        String kind,
        int shards,
        long counters,
        long restoreNanos,
        long startNanos) {

    String text() {
        String restored = counters == 0
                ? "no counters yet (start " + Display.seconds(startNanos) + ")"
                : "restored " + Display.counters(counters) + " in " + Display.seconds(restoreNanos) + " (start "
                        + Display.seconds(startNanos) + ")";
        return """
                Odometer %s is serving
                  HTTP    http://%s
                  Redis   redis://%s
                  data    %s (%s, %d shards)
                  %s
                  try     curl -X POST http://%s/v1/counters/orders/add
                """.formatted(
                        version,
                        address(http, false),
                        address(redis, false),
                        place,
                        kind,
                        shards,
                        restored,
                        address(http, true));
    }

    /** An address as URLs have it; {@code reachable} replaces "all addresses" by one that a client can use. */
    private static String address(InetSocketAddress address, boolean reachable) {
        InetAddress ip = address.getAddress();
        String host = ip.getHostAddress();
        if (reachable && ip.isAnyLocalAddress()) {
            host = "127.0.0.1";
        }
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
