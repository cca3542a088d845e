/** The store SPI: what a place that keeps shards promises, written as durability promises. */
@NullMarked
package dev.odometer.engine.store;

import org.jspecify.annotations.NullMarked;
