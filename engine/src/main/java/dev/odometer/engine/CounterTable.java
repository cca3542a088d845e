package dev.odometer.engine;

import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The counters of a shard that are in memory: an open-addressing hash table that is searched by raw bytes, without
 * allocating, and that evicts by a clock (second chance) above its capacity in bytes. Counters with uncommitted changes
 * are never evicted, so the table may exceed its capacity by those of the waiting operations, which is bounded. Only the
 * engine's thread.
 */
final class CounterTable {
    private static final int SWEEP = 128;

    /** A counter without its key's bytes: itself, the key object and its array's header, its places in the table. */
    private static final int BYTES = 152;

    private final long capacity;
    private @Nullable Counter[] slots = new Counter[64];
    private int size;
    private long bytes;
    private int hand;

    CounterTable(long capacityBytes) {
        this.capacity = Math.max(16 * BYTES, capacityBytes);
    }

    int size() {
        return size;
    }

    @Nullable
    Counter find(byte[] bytes, int offset, int length, long hash) {
        @Nullable Counter[] table = slots;
        int mask = table.length - 1;
        int i = (int) hash & mask;
        while (true) {
            Counter counter = table[i];
            if (counter == null) {
                return null;
            }
            if (counter.is(bytes, offset, length, hash)) {
                if (!counter.touched) {
                    counter.touched = true;
                }
                return counter;
            }
            i = (i + 1) & mask;
        }
    }

    /** Adds a counter that is not in the table, and evicts others where it is full. */
    void insert(Counter counter) {
        bytes += bytes(counter);
        if (bytes > capacity) {
            evict();
        }
        if ((size + 1) * 2 > slots.length) {
            grow();
        }
        place(slots, counter);
        size++;
    }

    void forEach(Consumer<Counter> action) {
        for (Counter counter : slots) {
            if (counter != null) {
                action.accept(counter);
            }
        }
    }

    void remove(Counter counter) {
        int mask = slots.length - 1;
        int i = (int) counter.hash() & mask;
        while (slots[i] != counter) {
            if (slots[i] == null) {
                return;
            }
            i = (i + 1) & mask;
        }
        removeAt(i);
    }

    void clear() {
        slots = new Counter[64];
        size = 0;
        bytes = 0;
        hand = 0;
    }

    private static int bytes(Counter counter) {
        return BYTES + counter.key.length();
    }

    private void evict() {
        int mask = slots.length - 1;
        for (int looked = 0; looked < SWEEP; looked++) {
            hand = (hand + 1) & mask;
            Counter counter = slots[hand];
            if (counter == null || !counter.isEvictable()) {
                continue;
            }
            if (counter.touched) {
                counter.touched = false;
            } else {
                removeAt(hand);
                if (bytes <= capacity) {
                    return;
                }
            }
        }
    }

    /** Removes and closes the gap, so that no search stops early (Knuth's algorithm R). */
    private void removeAt(int at) {
        bytes -= bytes(Objects.requireNonNull(slots[at]));
        int mask = slots.length - 1;
        int gap = at;
        int i = at;
        while (true) {
            i = (i + 1) & mask;
            Counter next = slots[i];
            if (next == null) {
                break;
            }
            int home = (int) next.hash() & mask;
            boolean stays = gap <= i ? (gap < home && home <= i) : (gap < home || home <= i);
            if (!stays) {
                slots[gap] = next;
                gap = i;
            }
        }
        slots[gap] = null;
        size--;
    }

    private void grow() {
        @Nullable Counter[] larger = new Counter[slots.length * 2];
        for (Counter counter : slots) {
            if (counter != null) {
                place(larger, counter);
            }
        }
        slots = larger;
        hand = 0;
    }

    private static void place(@Nullable Counter[] table, Counter counter) {
        int mask = table.length - 1;
        int i = (int) counter.hash() & mask;
        while (table[i] != null) {
            i = (i + 1) & mask;
        }
        table[i] = counter;
    }
}
