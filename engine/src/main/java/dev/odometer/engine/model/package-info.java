/** The words that every layer shares: keys, operations and the identities that make them count once. */
@NullMarked
package dev.odometer.engine.model;

import org.jspecify.annotations.NullMarked;
