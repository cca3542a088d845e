package dev.odometer.membership.etcd;

import dev.odometer.engine.membership.Membership;
import dev.odometer.testkit.membership.MembershipDriver;
import java.util.List;

/** Opens memberships for the kit, with leases of three seconds. */
public class EtcdDriver implements MembershipDriver {
    @Override
    public Membership open(String coordinator) {
        EtcdConfig config = new EtcdConfig(List.of(coordinator), "/test/members/", 3, null, null, null, null, null);
        return EtcdMembership.open(config, EtcdDriver::daemon, System::nanoTime);
    }

    static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "membership");
        thread.setDaemon(true);
        return thread;
    }
}
