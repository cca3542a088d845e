/** A server's configuration: settings, where their values come from, and what is wrong with them. */
@NullMarked
package dev.odometer.cli.config;

import org.jspecify.annotations.NullMarked;
