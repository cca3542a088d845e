/** The counter engine: shards, group commits, fencing and idempotency, with every outside thing passed in. */
@NullMarked
package dev.odometer.engine;

import org.jspecify.annotations.NullMarked;
