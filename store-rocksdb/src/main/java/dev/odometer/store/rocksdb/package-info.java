/** The embedded store driver: every shard in one RocksDB directory, commits synced to disk. */
@NullMarked
package dev.odometer.store.rocksdb;

import org.jspecify.annotations.NullMarked;
