/** Benchmarks: JMH micro benchmarks, and load on a real server beside its peers. */
@NullMarked
package dev.odometer.benchmarks;

import org.jspecify.annotations.NullMarked;
