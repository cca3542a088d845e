/** The one event loop on which the engine and the Redis connections run, so that no operation changes threads. */
@NullMarked
package dev.odometer.server.loop;

import org.jspecify.annotations.NullMarked;
