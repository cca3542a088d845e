/** Networks that fail as a test wants them to. */
@NullMarked
package dev.odometer.testkit.net;

import org.jspecify.annotations.NullMarked;
