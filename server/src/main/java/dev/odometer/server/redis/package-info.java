/**
 * The Redis protocol: any Redis client counts durably. A connection parses commands where they were received, hands
 * them to the engine on the same thread and answers them in order after their commits.
 */
@NullMarked
package dev.odometer.server.redis;

import org.jspecify.annotations.NullMarked;
