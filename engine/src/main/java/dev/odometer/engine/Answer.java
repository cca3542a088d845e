package dev.odometer.engine;

/**
 * The answer to one operation.
 *
 * @param value see {@link Outcome}; 0 where the outcome has no value
 * @param replayed whether this is the first answer again, given to a retry
 */
public record Answer(Outcome outcome, long value, boolean replayed) {}
