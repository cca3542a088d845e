/** Tests of the choice of a store. */
@org.jspecify.annotations.NullMarked
package dev.odometer.cli.store;
