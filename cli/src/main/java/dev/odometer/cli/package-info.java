/** The command line: starts the server, and talks to a running one. */
@NullMarked
package dev.odometer.cli;

import org.jspecify.annotations.NullMarked;
