/** Tests. */
@NullMarked
package dev.odometer.cli.config;

import org.jspecify.annotations.NullMarked;
