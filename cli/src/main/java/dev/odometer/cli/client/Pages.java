package dev.odometer.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.odometer.engine.model.Limits;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Goes through a listing page by page, so that no more than one page is in memory. */
final class Pages {
    private Pages() {}

    /** Takes a page. */
    @FunctionalInterface
    interface Taker {
        /** Takes an array of counters; returns whether to go on. */
        boolean take(JsonNode counters) throws IOException;
    }

    /**
     * Gives the counters with a prefix, at most {@code limit}, to {@code taker}: in key order, at least one page,
     * maybe an empty one.
     */
    static void forEach(Remote remote, String prefix, long limit, Taker taker)
            throws IOException, InterruptedException {
        long left = limit;
        String after = null;
        do {
            JsonNode page = remote.page(prefix, after, (int) Math.min(left, Limits.MAX_PAGE));
            JsonNode counters = page.path("counters");
            left -= counters.size();
            after = next(page);
            if (!taker.take(counters)) {
                return;
            }
        } while (after != null && left > 0);
    }

    private static @Nullable String next(JsonNode page) {
        JsonNode next = page.path("next");
        return next.isTextual() ? next.asText() : null;
    }
}
