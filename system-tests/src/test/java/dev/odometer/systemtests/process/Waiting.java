package dev.odometer.systemtests.process;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;

/** Waiting for real processes. */
public final class Waiting {
    private Waiting() {}

    /**
     * Waits until the condition holds. @throws org.awaitility.core.ConditionTimeoutException where it does not within
     * the limit
     */
    public static void until(String what, Duration limit, BooleanSupplier condition) {
        Awaitility.await(what)
                .atMost(limit)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .until(condition::getAsBoolean);
    }

    /** Lets real time pass: for load to run and for moments of a kill to differ; never to wait for a condition. */
    public static void pause(long millis) {
        long end = System.nanoTime() + millis * 1_000_000;
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
        }
    }
}
