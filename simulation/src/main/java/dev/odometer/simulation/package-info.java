/** Deterministic simulation: the engine under faults in one thread, replayed from one seed. */
@NullMarked
package dev.odometer.simulation;

import org.jspecify.annotations.NullMarked;
