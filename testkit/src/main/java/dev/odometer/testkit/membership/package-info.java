/** The compatibility kit of memberships, the process that it kills, and the coordinators that it runs against. */
@NullMarked
package dev.odometer.testkit.membership;

import org.jspecify.annotations.NullMarked;
