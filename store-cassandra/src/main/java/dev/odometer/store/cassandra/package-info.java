/** The store on Apache Cassandra: one partition a shard, every write conditional. */
@NullMarked
package dev.odometer.store.cassandra;

import org.jspecify.annotations.NullMarked;
