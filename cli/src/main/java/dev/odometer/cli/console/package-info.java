/** What all commands share: what they take from outside, what they show, how they end. */
@NullMarked
package dev.odometer.cli.console;

import org.jspecify.annotations.NullMarked;
