/** Which store a server runs on, and the commands that prepare one. */
@NullMarked
package dev.odometer.cli.store;

import org.jspecify.annotations.NullMarked;
