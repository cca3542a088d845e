package dev.odometer.store.cassandra;

/**
 * Something about a cluster that endangers what the store promises.
 *
 * @param problem what it is, and what it may cost
 * @param remedy how to mend it
 */
public record Finding(String problem, String remedy) {}
