/** Several nodes that serve the same counters: who owns which shard, and the way to the owner. */
@org.jspecify.annotations.NullMarked
package dev.odometer.cluster;
