/** Membership by the leases and keys of etcd. */
@NullMarked
package dev.odometer.membership.etcd;

import org.jspecify.annotations.NullMarked;
