package dev.odometer.membership.zookeeper;

import dev.odometer.engine.membership.ExecutorEnvironment;
import dev.odometer.engine.membership.Membership;
import dev.odometer.engine.membership.SessionMembership;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens memberships by ZooKeeper. */
public final class ZooKeeperMembership {
    private static final Logger LOG = LoggerFactory.getLogger(ZooKeeperMembership.class);

    private ZooKeeperMembership() {}

    /**
     * A membership that connects when it is joined. Nothing is asked of ZooKeeper before.
     *
     * @param threads makes two threads; those of ZooKeeper's client are its own, daemons
     * @param nanos a clock for durations, in nanoseconds, that never goes back and goes on while the process is paused
     */
    public static Membership open(ZooKeeperConfig config, ThreadFactory threads, LongSupplier nanos) {
        ExecutorEnvironment environment = new ExecutorEnvironment(
                Executors.newSingleThreadScheduledExecutor(threads),
                Executors.newSingleThreadScheduledExecutor(threads),
                nanos,
                LOG::warn);
        return new SessionMembership(
                new ZooKeeperCoordinator(config, nanos), environment, config.sessionTimeoutMillis());
    }
}
