/** Tests of the HTTP door. */
@NullMarked
package dev.odometer.server.http;

import org.jspecify.annotations.NullMarked;
