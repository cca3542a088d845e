/** Tests. */
@NullMarked
package dev.odometer.cli.client;

import org.jspecify.annotations.NullMarked;
