/** Clients that count through every front door, and the oracle that knows what the totals must be. */
@NullMarked
package dev.odometer.systemtests.load;

import org.jspecify.annotations.NullMarked;
