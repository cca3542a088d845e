package dev.odometer.engine.store;

import dev.odometer.engine.model.Key;

/**
 * A counter as stored.
 *
 * @param createdMillis when it was created, in milliseconds since 1970
 */
public record CounterRow(Key key, long value, long createdMillis) {}
