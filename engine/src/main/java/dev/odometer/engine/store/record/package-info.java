/** Commits kept as records, and what is newer than the rows: for stores that bring values into their rows later. */
@NullMarked
package dev.odometer.engine.store.record;

import org.jspecify.annotations.NullMarked;
