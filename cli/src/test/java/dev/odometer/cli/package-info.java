/** Tests. */
@NullMarked
package dev.odometer.cli;

import org.jspecify.annotations.NullMarked;
