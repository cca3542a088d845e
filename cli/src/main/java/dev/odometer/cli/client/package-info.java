/** The commands that talk to a running server over HTTP. */
@NullMarked
package dev.odometer.cli.client;

import org.jspecify.annotations.NullMarked;
