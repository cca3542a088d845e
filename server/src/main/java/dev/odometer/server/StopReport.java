package dev.odometer.server;

/**
 * How a server stopped.
 *
 * @param isClean whether everything that it had accepted was answered in time
 * @param nanos how long it took
 */
public record StopReport(boolean isClean, long nanos) {}
