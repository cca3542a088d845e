/** Servers as real processes: started, paused, killed, and cleaned up. */
@NullMarked
package dev.odometer.systemtests.process;

import org.jspecify.annotations.NullMarked;
