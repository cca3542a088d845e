package dev.odometer.systemtests.process;

import java.util.Random;

/** Where a test's randomness comes from: printed, and repeatable as far as real processes are. */
public final class Seed {
    private static final String PROPERTY = "odometer.seed";

    private Seed() {}

    /** A new seed, or the one of the system property {@value #PROPERTY}. */
    public static long next(String test) {
        long seed = Long.getLong(PROPERTY, new Random().nextLong());
        System.out.println(test + ": seed " + seed + " (again with -D" + PROPERTY + "=" + seed + ")");
        return seed;
    }
}
