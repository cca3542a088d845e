/** Public only for Java's sake: the simulation plants faults through it. Not an API. */
@NullMarked
package dev.odometer.engine.internal;

import org.jspecify.annotations.NullMarked;
