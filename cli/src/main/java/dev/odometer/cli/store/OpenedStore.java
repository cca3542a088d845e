package dev.odometer.cli.store;

import dev.odometer.engine.store.Store;

/**
 * A store that was opened from settings.
 *
 * @param store the store; its owner closes it
 * @param place where it is, for people
 * @param kind what keeps it, such as RocksDB
 * @param nanos how long it took to open
 */
public record OpenedStore(Store store, String place, String kind, long nanos) {}
