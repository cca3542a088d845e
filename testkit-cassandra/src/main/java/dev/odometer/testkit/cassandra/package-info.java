/** A real Cassandra cluster in processes of its own, for tests and measurements. */
@NullMarked
package dev.odometer.testkit.cassandra;

import org.jspecify.annotations.NullMarked;
