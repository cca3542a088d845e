package dev.odometer.server.redis;

import org.jspecify.annotations.Nullable;

/**
 * How the Redis protocol is served.
 *
 * @param allowFlushAll whether FLUSHALL may delete all counters
 * @param password what clients must send with AUTH or HELLO first; null where they need not
 * @param limits the bounds
 */
public record RedisConfig(boolean allowFlushAll, @Nullable String password, RedisLimits limits) {
    /** No FLUSHALL, no password, {@linkplain RedisLimits#defaults() default} limits. */
    public static RedisConfig defaults() {
        return new RedisConfig(false, null, RedisLimits.defaults());
    }

    /** Checks the password. @throws IllegalArgumentException where it is empty */
    public RedisConfig {
        if (password != null && password.isEmpty()) {
            throw new IllegalArgumentException("the Redis password is empty; leave it out for none");
        }
    }

    /** Everything but the password. */
    @Override
    public String toString() {
        return "RedisConfig[allowFlushAll=" + allowFlushAll + ", password=" + (password == null ? "none" : "set")
                + ", limits=" + limits + "]";
    }
}
