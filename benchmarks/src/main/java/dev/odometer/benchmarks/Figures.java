package dev.odometer.benchmarks;

import java.util.Arrays;
import java.util.Locale;

/** Sums up repeated measurements and writes them for people. */
final class Figures {
    private Figures() {}

    /** The median; of an even number, the mean of the two in the middle. */
    static double median(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    static double min(double... values) {
        return Arrays.stream(values).min().orElse(Double.NaN);
    }

    static double max(double... values) {
        return Arrays.stream(values).max().orElse(Double.NaN);
    }

    /** A rate with three significant digits: 912, 9.41 k, 71.3 k, 540 k, 1.02 M. */
    static String rate(double perSecond) {
        if (perSecond >= 999_500) {
            return significant(perSecond / 1e6) + " M";
        }
        return perSecond >= 999.5 ? significant(perSecond / 1e3) + " k" : significant(perSecond);
    }

    /** Three significant digits, none after the point from 100 on. */
    static String significant(double value) {
        String format = value >= 99.95 ? "%.0f" : value >= 9.995 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, value);
    }

    /** A ratio with two digits after the point. */
    static String ratio(double ratio) {
        return String.format(Locale.ROOT, "%.2f", ratio);
    }

    /** A share as a percentage. */
    static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f %%", share * 100);
    }

    /** Bytes as MB (10^6). */
    static String megabytes(double bytes) {
        return significant(bytes / 1e6) + " MB";
    }

    /** A whole number with separators: 10,000,000. */
    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
