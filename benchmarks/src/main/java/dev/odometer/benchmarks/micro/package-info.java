/** JMH benchmarks of the path from an operation to its commit. */
@NullMarked
package dev.odometer.benchmarks.micro;

import org.jspecify.annotations.NullMarked;
