/** The engine: shards, group commit, fencing and exactly-once, with no clock, thread or I/O of its own. */
@NullMarked
package dev.odometer.engine;

import org.jspecify.annotations.NullMarked;
