package dev.odometer.systemtests.load;

import java.time.Duration;

/**
 * Where the clients of a load find the server, and how patient they are.
 *
 * @param httpPort the port of HTTP, the same over restarts
 * @param redisPort the port of the Redis protocol, the same over restarts
 * @param timeout how long a client waits for an answer before it sends again
 */
public record Target(int httpPort, int redisPort, Duration timeout) {}
