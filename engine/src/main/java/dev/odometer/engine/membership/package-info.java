/** Who is alive: the contract of memberships, and what all of them share. */
@NullMarked
package dev.odometer.engine.membership;

import org.jspecify.annotations.NullMarked;
