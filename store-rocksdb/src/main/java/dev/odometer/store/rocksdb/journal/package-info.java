/** The write-ahead journal of the embedded store: what makes a commit durable. Knows nothing of RocksDB. */
@NullMarked
package dev.odometer.store.rocksdb.journal;

import org.jspecify.annotations.NullMarked;
