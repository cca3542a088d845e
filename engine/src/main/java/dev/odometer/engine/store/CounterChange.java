package dev.odometer.engine.store;

import dev.odometer.engine.model.Key;

/**
 * What a commit makes of one counter: an absolute value, so that writing it again changes nothing.
 *
 * @param deleted whether the counter is removed; the other values then mean nothing
 */
public record CounterChange(Key key, long value, long createdMillis, boolean deleted) {}
