package dev.odometer.cli.client;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What changed between two looks at the counters. */
final class Watch {
    private Watch() {}

    /**
     * The counters at a moment.
     *
     * @param nanos when, on a clock that never goes back
     * @param complete whether these are all that there are
     */
    record Sample(long nanos, Map<String, Long> values, boolean complete) {}

    /**
     * A counter in the table.
     *
     * @param delta how much it changed since the sample before; 0 where there is none
     * @param rate the change a second; not a number where there is no sample before
     */
    record Row(String key, long value, long delta, double rate) {
        String rateText() {
            return Double.isNaN(rate) ? "-" : String.format(Locale.ROOT, "%,.1f", rate);
        }

        String deltaText() {
            return Double.isNaN(rate) ? "-" : String.format(Locale.ROOT, delta == 0 ? "%d" : "%+,d", delta);
        }
    }

    /** How the rows are sorted. */
    enum Sort {
        /** The fastest first; equal ones by key. */
        rate,
        /** By key. */
        key,
        /** The largest first; equal ones by key. */
        value
    }

    /** The rows of a sample; a counter that the sample before does not have started at 0, if that one was complete. */
    static List<Row> rows(@Nullable Sample before, Sample now, Sort sort) {
        List<Row> rows = new ArrayList<>(now.values().size());
        now.values().forEach((key, value) -> rows.add(row(before, now, key, value)));
        Comparator<Row> byKey = Comparator.comparing(Row::key);
        rows.sort(
                switch (sort) {
                    case key -> byKey;
                    case value ->
                        Comparator.comparingLong(Row::value).reversed().thenComparing(byKey);
                    case rate ->
                        Comparator.comparingDouble(Watch::speed).reversed().thenComparing(byKey);
                });
        return rows;
    }

    private static double speed(Row row) {
        return Double.isNaN(row.rate()) ? 0 : Math.abs(row.rate());
    }

    private static Row row(@Nullable Sample before, Sample now, String key, long value) {
        if (before == null) {
            return new Row(key, value, 0, Double.NaN);
        }
        Long old = before.values().get(key);
        if (old == null && !before.complete()) {
            return new Row(key, value, 0, Double.NaN);
        }
        long delta =
                value - (old == null ? 0 : old); // wraps where a counter went from one end to the other; only a display
        double seconds = Math.max(1, now.nanos() - before.nanos()) / 1e9;
        return new Row(key, value, delta, delta / seconds);
    }
}
