/** Which node is to serve which shard. */
@NullMarked
package dev.odometer.engine.assignment;

import org.jspecify.annotations.NullMarked;
