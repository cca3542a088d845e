/** The server: HTTP and Redis-protocol front doors over one engine. */
@NullMarked
package dev.odometer.server;

import org.jspecify.annotations.NullMarked;
