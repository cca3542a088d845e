package dev.odometer.membership.etcd;

import dev.odometer.engine.membership.ExecutorEnvironment;
import dev.odometer.engine.membership.Membership;
import dev.odometer.engine.membership.SessionMembership;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens memberships by etcd. */
public final class EtcdMembership {
    private static final Logger LOG = LoggerFactory.getLogger(EtcdMembership.class);

    private EtcdMembership() {}

    /**
     * A membership that connects when it is joined. Nothing is asked of etcd before.
     *
     * @param threads makes two threads, and those that jetcd completes its calls on
     * @param nanos a clock for durations, in nanoseconds, that never goes back and goes on while the process is paused
     */
    public static Membership open(EtcdConfig config, ThreadFactory threads, LongSupplier nanos) {
        ExecutorEnvironment environment = new ExecutorEnvironment(
                Executors.newSingleThreadScheduledExecutor(threads),
                Executors.newSingleThreadScheduledExecutor(threads),
                nanos,
                LOG::warn);
        EtcdConnection connection = new EtcdConnection(config, Executors.newCachedThreadPool(threads), nanos);
        return new SessionMembership(
                new EtcdCoordinator(config, connection), environment, config.ttlSeconds() * 1_000L);
    }
}
