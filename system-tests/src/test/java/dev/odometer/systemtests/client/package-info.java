/** Clients as thin as can be, so that a test says exactly what goes over the wire. */
@NullMarked
package dev.odometer.systemtests.client;

import org.jspecify.annotations.NullMarked;
