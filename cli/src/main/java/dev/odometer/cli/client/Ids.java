package dev.odometer.cli.client;

import java.util.UUID;
import java.util.random.RandomGenerator;

/** Makes idempotency keys. */
final class Ids {
    private Ids() {}

    /** A UUID of version 7: it carries its time, so that a server refuses it when it is too old to judge. */
    static String uuid7(long wallMillis, RandomGenerator random) {
        long high = (wallMillis << 16) | 0x7000L | (random.nextLong() & 0x0FFFL);
        long low = (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low).toString();
    }
}
