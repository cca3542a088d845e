/** Which node is to serve which shard. */
@org.jspecify.annotations.NullMarked
package dev.odometer.engine.assignment;
