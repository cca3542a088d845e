/** Tests of the Redis protocol. */
@NullMarked
package dev.odometer.server.redis;

import org.jspecify.annotations.NullMarked;
