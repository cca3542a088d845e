package dev.odometer.engine;

import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.CounterRow;
import dev.odometer.engine.store.Store;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One page of counters in key order, merged from scans of all shards, each read in chunks as the merge needs them. */
final class Listing {
    private final Store store;
    private final EngineEnvironment environment;
    private final byte[] prefix;
    private final int limit;
    private final int chunk;
    private final CompletableFuture<CounterPage> result = new CompletableFuture<>();
    private final PriorityQueue<Cursor> heads = new PriorityQueue<>(Comparator.comparing(Cursor::head));
    private final List<CounterRow> merged = new ArrayList<>();
    private int outstanding;

    Listing(Store store, EngineEnvironment environment, byte[] prefix, int limit) {
        this.store = store;
        this.environment = environment;
        this.prefix = prefix;
        this.limit = limit;
        this.chunk = Math.min(limit + 1, 2 * (limit + 1) / store.shards() + 8);
    }

    CompletableFuture<CounterPage> start(@Nullable Key after) {
        outstanding = store.shards();
        for (int shard = 0; shard < store.shards(); shard++) {
            read(new Cursor(shard, after));
        }
        return result;
    }

    private void read(Cursor cursor) {
        store.scan(cursor.shard, prefix, cursor.after, chunk)
                .whenComplete((rows, error) -> environment.execute(() -> {
                    if (error != null) {
                        result.completeExceptionally(error);
                    } else if (!result.isDone()) {
                        arrived(cursor, rows);
                    }
                }));
    }

    private void arrived(Cursor cursor, List<CounterRow> rows) {
        cursor.rows.addAll(rows);
        cursor.atEnd = rows.size() < chunk;
        if (!rows.isEmpty()) {
            cursor.after = rows.get(rows.size() - 1).key();
            heads.add(cursor);
        }
        if (--outstanding == 0) {
            merge();
        }
    }

    /**
     * Merges until the page is full, all is read, or one shard's chunk is used up and the next one must be read
     * first.
     */
    private void merge() {
        while (merged.size() <= limit && !heads.isEmpty()) {
            Cursor least = heads.remove();
            merged.add(least.rows.removeFirst());
            if (!least.rows.isEmpty()) {
                heads.add(least);
            } else if (!least.atEnd) {
                outstanding = 1;
                read(least);
                return;
            }
        }
        boolean more = merged.size() > limit;
        List<CounterRow> page = more ? merged.subList(0, limit) : merged;
        result.complete(
                new CounterPage(List.copyOf(page), more ? page.get(limit - 1).key() : null));
    }

    /** A shard's rows that are read and not merged yet. */
    private static final class Cursor {
        final int shard;
        final Deque<CounterRow> rows = new ArrayDeque<>();

        @Nullable
        Key after;

        boolean atEnd;

        Cursor(int shard, @Nullable Key after) {
            this.shard = shard;
            this.after = after;
        }

        Key head() {
            return rows.getFirst().key();
        }
    }
}
