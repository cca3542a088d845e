/** Clusters of real servers on a real Cassandra and a real coordinator, and what can happen to them. */
@NullMarked
package dev.odometer.systemtests.cluster;

import org.jspecify.annotations.NullMarked;
