/** The command that serves: configuration, start, banner, signals, stop. */
@NullMarked
package dev.odometer.cli.serve;

import org.jspecify.annotations.NullMarked;
