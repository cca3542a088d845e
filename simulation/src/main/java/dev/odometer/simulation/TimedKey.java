package dev.odometer.simulation;

import dev.odometer.engine.EngineConfig;
import dev.odometer.engine.model.Identity;
import java.util.SplittableRandom;

/**
 * Idempotency keys that are UUIDs of version 7: they carry the time at which, by the client's clock, they were
 * made.
 */
final class TimedKey {
    private TimedKey() {}

    static Identity.IdempotencyKey of(long madeMillis, SplittableRandom random) {
        String time = String.format("%012x", madeMillis);
        return new Identity.IdempotencyKey(String.format(
                "%s-%s-7%03x-8%03x-%012x",
                time.substring(0, 8),
                time.substring(8),
                random.nextInt(0x1000),
                random.nextInt(0x1000),
                random.nextLong(1L << 48)));
    }

    /** Whether some node's clock may show a time at which this key cannot be judged any more, or not yet. */
    static boolean mayBeExpired(Identity.IdempotencyKey key, SimulatedWorld world) {
        String text = key.text();
        if (text.length() != 36 || text.charAt(14) != '7') {
            return false;
        }
        long made = Long.parseLong(text.substring(0, 8) + text.substring(9, 13), 16);
        long skew = world.plan.skewMillis();
        long now = world.trueMillis();
        return made <= now + skew - world.plan.times().idempotencyWindowMillis()
                || made > now - skew + EngineConfig.MAX_CLOCK_SKEW_MILLIS;
    }
}
