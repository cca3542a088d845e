package dev.odometer.engine.store.record;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Merges rows read from the store in order with newer ones from memory: the newer one of a key wins, and a deleted one
 * hides it. Not thread-safe.
 *
 * @param <K> the rows' key
 * @param <N> a newer row
 * @param <R> a row of the result
 */
public final class Merge<K extends Comparable<K>, N extends @Nullable Object, R> {
    private final Newer<K, N> newer;
    private final Function<N, @Nullable R> rowOf;
    private final int limit;
    private final List<R> result = new ArrayList<>();

    /**
     * Begins a merge.
     *
     * @param rowOf the row, or null where the newer row says that there is none
     */
    public Merge(Newer<K, N> newer, int limit, Function<N, @Nullable R> rowOf) {
        this.newer = newer;
        this.limit = limit;
        this.rowOf = rowOf;
    }

    /** Takes the next stored row; false where no more are wanted. */
    public boolean stored(K key, R row) {
        takeNewerBefore(key);
        if (result.size() >= limit) {
            return false;
        }
        Map.Entry<K, N> first = newer.first();
        if (first != null && first.getKey().compareTo(key) == 0) {
            newer.next();
            add(first.getValue());
        } else {
            result.add(row);
        }
        return result.size() < limit;
    }

    private void takeNewerBefore(@Nullable K key) {
        Map.Entry<K, N> first = newer.first();
        while (first != null
                && result.size() < limit
                && (key == null || first.getKey().compareTo(key) < 0)) {
            newer.next();
            add(first.getValue());
            first = newer.first();
        }
    }

    private void add(N value) {
        R row = rowOf.apply(value);
        if (row != null) {
            result.add(row);
        }
    }

    /** The merged rows, when all stored ones have been taken or no more were wanted. */
    public List<R> finish() {
        takeNewerBefore(null);
        return result;
    }
}
