package dev.odometer.server;

import dev.odometer.engine.EngineConfig;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a server serves, and where.
 *
 * @param version what it calls itself
 * @param bind the address to listen on, a name or a number
 * @param httpPort the port of HTTP; 0 for any free one
 * @param redisPort the port of the Redis protocol; 0 for any free one
 * @param allowFlushall whether FLUSHALL may delete every counter
 * @param redisPassword what Redis clients must send with AUTH; null where they need not
 * @param drainDelay how long a stop goes on serving after {@code /readyz} has turned 503; 0 to 60 s
 * @param engine the engine's bounds
 */
public record ServerConfig(
        String version,
        String bind,
        int httpPort,
        int redisPort,
        boolean allowFlushall,
        @Nullable String redisPassword,
        Duration drainDelay,
        EngineConfig engine) {
    private static final Duration MAX_DRAIN_DELAY = Duration.ofSeconds(60);

    /** On 127.0.0.1 and any free ports, with the engine's defaults. */
    public static ServerConfig local() {
        return new ServerConfig(
                "development", "127.0.0.1", 0, 0, false, null, Duration.ZERO, EngineConfig.defaults("odometer"));
    }

    /** Checks the bounds; reports all that are wrong together. */
    public ServerConfig {
        StringBuilder wrong = new StringBuilder();
        if (bind.isBlank()) {
            wrong.append("bind is empty; ");
        }
        port(wrong, "httpPort", httpPort);
        port(wrong, "redisPort", redisPort);
        if (httpPort == redisPort && httpPort != 0) {
            wrong.append("httpPort and redisPort are both ").append(httpPort).append("; ");
        }
        if (redisPassword != null && redisPassword.isEmpty()) {
            wrong.append("redisPassword is empty; ");
        }
        if (drainDelay.isNegative() || drainDelay.compareTo(MAX_DRAIN_DELAY) > 0) {
            wrong.append("drainDelay is ").append(drainDelay).append(", must be from 0 to 60 s; ");
        }
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException("the server's configuration cannot be used: " + wrong);
        }
    }

    private static void port(StringBuilder wrong, String name, int port) {
        if (port < 0 || port > 65_535) {
            wrong.append(name).append(" is ").append(port).append(", must be from 0 to 65535; ");
        }
    }
}
