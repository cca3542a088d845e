package dev.odometer.membership.zookeeper;

import dev.odometer.engine.membership.Membership;
import dev.odometer.testkit.membership.MembershipDriver;

/** Opens memberships for the kit, with sessions of three seconds. */
public class ZooKeeperDriver implements MembershipDriver {
    @Override
    public Membership open(String coordinator) {
        ZooKeeperConfig config = new ZooKeeperConfig(coordinator, "/test/members", 3_000, null);
        return ZooKeeperMembership.open(config, ZooKeeperDriver::daemon, System::nanoTime);
    }

    static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "membership");
        thread.setDaemon(true);
        return thread;
    }
}
