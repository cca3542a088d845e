package dev.odometer.engine;

import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.CounterRow;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of counters in key order.
 *
 * @param next pass it as {@code after} for the next page; null after the last one
 */
public record CounterPage(
        List<CounterRow> counters, @Nullable Key next) {}
