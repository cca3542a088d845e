package dev.odometer.server.redis;

import dev.odometer.engine.model.Key;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The cursors of SCAN: numbers that stand for the last key of a page. The newest {@value #MAX} are kept; of one listing
 * at most the last two, so that a step can be repeated. They end with the process.
 *
 * <p>Used by the loop's thread only.
 */
final class Cursors {
    /** How many cursors are remembered. */
    static final int MAX = 10_000;

    private record Place(Key last, long previous) {}

    private final LinkedHashMap<Long, Place> places = new LinkedHashMap<>();
    private long lastCursor;

    /** @param random makes cursors of an earlier process unknown to this one, rather than wrong */
    Cursors(long random) {
        // 20 bits of chance and 32 of count: scripting languages keep 53 exactly.
        lastCursor = (random & 0xF_FFFF) << 32;
    }

    /** A cursor for the page after {@code last}, given to who came with {@code cursor} (0: the start). */
    long next(long cursor, Key last) {
        Place from = places.get(cursor);
        if (from != null) {
            places.remove(from.previous);
        }
        if (places.size() >= MAX) {
            Map.Entry<Long, Place> oldest = places.entrySet().iterator().next();
            places.remove(oldest.getKey());
        }
        places.put(++lastCursor, new Place(last, cursor));
        return lastCursor;
    }

    /** The key after which the page of this cursor starts; null where the cursor is unknown or forgotten. */
    @Nullable
    Key after(long cursor) {
        Place place = places.get(cursor);
        return place == null ? null : place.last;
    }

    int size() {
        return places.size();
    }
}
