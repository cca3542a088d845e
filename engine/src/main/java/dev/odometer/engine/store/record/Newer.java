package dev.odometer.engine.store.record;

import java.util.Iterator;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Rows that are newer than the stored ones, of two layers, in order: of a key that is in both, the upper one's. Takes
 * from a layer no more than one entry ahead of what it gives, so that a page of a listing costs what is in the page.
 * Not thread-safe.
 *
 * @param <K> the rows' key
 * @param <V> a row; null where one was removed, if the layers say it so
 */
public final class Newer<K extends Comparable<K>, V extends @Nullable Object> {
    private final Iterator<Map.Entry<K, V>> above;
    private final Iterator<Map.Entry<K, V>> below;
    private final Predicate<K> within;
    private Map.@Nullable Entry<K, V> upper;
    private Map.@Nullable Entry<K, V> lower;

    /**
     * Begins at the iterators' first entries.
     *
     * @param within false from the first key on that is of no interest
     */
    public Newer(Iterator<Map.Entry<K, V>> above, Iterator<Map.Entry<K, V>> below, Predicate<K> within) {
        this.above = above;
        this.below = below;
        this.within = within;
        this.upper = take(above);
        this.lower = take(below);
        dropHidden();
    }

    private Map.@Nullable Entry<K, V> take(Iterator<Map.Entry<K, V>> from) {
        Map.Entry<K, V> entry = from.hasNext() ? from.next() : null;
        return entry != null && within.test(entry.getKey()) ? entry : null;
    }

    private void dropHidden() {
        if (upper != null && lower != null && upper.getKey().compareTo(lower.getKey()) == 0) {
            lower = take(below);
        }
    }

    /** The next row; null where there are no more. */
    public Map.@Nullable Entry<K, V> first() {
        if (upper == null || lower == null) {
            return upper == null ? lower : upper;
        }
        return upper.getKey().compareTo(lower.getKey()) < 0 ? upper : lower;
    }

    /** Goes on behind the first row. */
    public void next() {
        if (upper != null && first() == upper) {
            upper = take(above);
        } else {
            lower = take(below);
        }
        dropHidden();
    }
}
