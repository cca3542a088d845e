/** Everything that a client should not send, and what it gets for it. */
@NullMarked
package dev.odometer.systemtests.badinput;

import org.jspecify.annotations.NullMarked;
