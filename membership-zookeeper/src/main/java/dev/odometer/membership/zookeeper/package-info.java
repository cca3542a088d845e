/** Membership by the sessions and ephemeral nodes of Apache ZooKeeper. */
@NullMarked
package dev.odometer.membership.zookeeper;

import org.jspecify.annotations.NullMarked;
