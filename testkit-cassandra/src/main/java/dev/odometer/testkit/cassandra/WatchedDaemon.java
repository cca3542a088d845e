package dev.odometer.testkit.cassandra;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;

/**
 * The main class of a node's process: Cassandra's own, and beside it a watch over the process that started it. When
 * standard input ends, whoever held its other end is gone, however it went, and the node halts.
 */
final class WatchedDaemon {
    private static final int ORPHANED = 99;

    private WatchedDaemon() {}

    /** Starts the node. */
    public static void main(String[] args) throws ReflectiveOperationException {
        Thread watch = new Thread(WatchedDaemon::haltWithParent, "parent-watch");
        watch.setDaemon(true);
        watch.start();
        Class<?> daemon = Class.forName("org.apache.cassandra.service.CassandraDaemon");
        try {
            daemon.getMethod("main", String[].class).invoke(null, (Object) args);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("Cassandra did not start", e.getCause());
        }
    }

    private static void haltWithParent() {
        try {
            while (System.in.read() >= 0) {
                // Nothing is ever said; only the end counts.
            }
        } catch (IOException e) {
            System.err.println("standard input cannot be read: " + e);
        }
        Runtime.getRuntime().halt(ORPHANED);
    }
}
