/**
 * Tests of the simulation itself: that it is deterministic, that it finds what is wrong, and that it finds nothing
 * else.
 */
@NullMarked
package dev.odometer.simulation;

import org.jspecify.annotations.NullMarked;
