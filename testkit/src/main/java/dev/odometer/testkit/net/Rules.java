package dev.odometer.testkit.net;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** What a {@link FaultProxy} does with the bytes of one direction. Thread-safe. */
final class Rules {
    private long delayNanos; // this and all below guarded by this
    private boolean held;
    private long heldBytes;
    private boolean dropping;
    private long forwardBeforeDropping;
    private long dropped;
    private boolean ended;

    synchronized void delay(Duration delay) {
        delayNanos = delay.toNanos();
        notifyAll();
    }

    synchronized void hold() {
        held = true;
    }

    synchronized void release() {
        held = false;
        notifyAll();
    }

    synchronized long heldBytes() {
        return heldBytes;
    }

    synchronized void dropAfter(long bytes) {
        dropping = true;
        forwardBeforeDropping = bytes;
        dropped = 0;
    }

    /** Drops no more; whether anything was dropped. */
    synchronized boolean keepAll() {
        boolean gap = dropping && dropped > 0;
        dropping = false;
        return gap;
    }

    synchronized long droppedBytes() {
        return dropped;
    }

    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** Waits until so many bytes may go on, and returns how many of them, from the first on, are to be forwarded. */
    synchronized int pass(int bytes) throws InterruptedException {
        long arrived = System.nanoTime();
        for (long left = delayNanos; left > 0 && !ended; left = delayNanos - (System.nanoTime() - arrived)) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        if (held) {
            heldBytes += bytes;
            while (held && !ended) {
                wait();
            }
            heldBytes -= bytes;
        }
        if (!dropping) {
            return bytes;
        }
        int forwarded = (int) Math.min(bytes, forwardBeforeDropping);
        forwardBeforeDropping -= forwarded;
        dropped += bytes - forwarded;
        return forwarded;
    }
}
