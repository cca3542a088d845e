package dev.odometer.testkit.membership;

import dev.odometer.engine.membership.Membership;

/**
 * How the kit and its processes open a driver's membership. A public class with a public constructor without
 * parameters, because other processes make it by its name.
 */
public interface MembershipDriver {
    /**
     * Opens a membership, not yet joined, with {@link System#nanoTime} as its clock and daemon threads.
     *
     * @param coordinator what {@link CoordinatorServer#address} said
     */
    Membership open(String coordinator);
}
