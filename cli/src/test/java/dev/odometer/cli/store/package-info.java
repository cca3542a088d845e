/** Tests. */
@NullMarked
package dev.odometer.cli.store;

import org.jspecify.annotations.NullMarked;
