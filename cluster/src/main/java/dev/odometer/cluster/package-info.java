/** Several nodes that serve the same counters: who owns which shard, and the way to the owner. */
@NullMarked
package dev.odometer.cluster;

import org.jspecify.annotations.NullMarked;
