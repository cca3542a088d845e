/** Tests. */
@NullMarked
package dev.odometer.cli.serve;

import org.jspecify.annotations.NullMarked;
