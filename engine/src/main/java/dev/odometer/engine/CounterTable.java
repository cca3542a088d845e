package dev.odometer.engine;

import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The counters of a shard that are in memory: an open-addressing hash table that is searched by raw bytes, without
 * allocating, and that evicts by a clock (second chance) above its capacity in bytes. Counters with uncommitted changes
 * are never evicted, so the table may exceed its capacity by those of the waiting operations, which is bounded.
 *
 * <p>Clients choose keys and can compute their hashes. A secret multiplier decides the place in the table, so that
 * nobody can choose keys of different hashes that meet there; and of keys with one and the same hash no more than
 * {@value #MAX_RUN} stay in memory, beside those with uncommitted changes. Only the engine's thread.
 */
final class CounterTable {
    private static final int SWEEP = 128;

    /** A counter without its key's bytes: itself, the key object and its array's header, its places in the table. */
    private static final int BYTES = 152;

    /** More counters in a row than any but chosen keys lead to, in a table that is at most half full. */
    private static final int MAX_RUN = 128;

    private static final int FIRST_BITS = 6;

    private final long capacity;
    private final long multiplier;
    private int shift = Long.SIZE - FIRST_BITS;
    private @Nullable Counter[] slots = new Counter[1 << FIRST_BITS];
    private int size;
    private long bytes;
    private int hand;

    /**
     * An empty table.
     *
     * @param secret random bits, unknown to clients
     */
    CounterTable(long capacityBytes, long secret) {
        this.multiplier = secret | 1;
        this.capacity = Math.max(16 * BYTES, capacityBytes);
    }

    int size() {
        return size;
    }

    @Nullable
    Counter find(byte[] bytes, int offset, int length, long hash) {
        @Nullable Counter[] table = slots;
        int mask = table.length - 1;
        int i = home(hash);
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
        shortenRun(home(counter.hash()));
        place(slots, counter);
        size++;
    }

    /** The place for a hash: the upper bits of a product, in which all bits of the hash have a part. */
    private int home(long hash) {
        return (int) ((hash * multiplier) >>> shift);
    }

    /** Evicts one of a row of counters that is too long to have come about by chance. */
    private void shortenRun(int home) {
        int mask = slots.length - 1;
        int run = 0;
        for (int i = home; slots[i] != null; i = (i + 1) & mask) {
            if (++run > MAX_RUN && Objects.requireNonNull(slots[i]).isEvictable()) {
                removeAt(i);
                return;
            }
        }
    }

    /** How many counters a search may have to look at. For tests. */
    int longestRun() {
        int longest = 0;
        int run = 0;
        for (int i = 0; i < 2 * slots.length && run < slots.length; i++) {
            run = slots[i & (slots.length - 1)] == null ? 0 : run + 1;
            longest = Math.max(longest, run);
        }
        return longest;
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
        int i = home(counter.hash());
        while (slots[i] != counter) {
            if (slots[i] == null) {
                return;
            }
            i = (i + 1) & mask;
        }
        removeAt(i);
    }

    void clear() {
        slots = new Counter[1 << FIRST_BITS];
        shift = Long.SIZE - FIRST_BITS;
        size = 0;
        bytes = 0;
        hand = 0;
    }

    private static int bytes(Counter counter) {
        return BYTES + counter.key.length();
    }

    private void evict() {
        int mask = slots.length - 1;
        for (int looked = 0; looked < 2 * SWEEP; looked++) {
            hand = (hand + 1) & mask;
            Counter counter = slots[hand];
            if (counter == null || !counter.isEvictable()) {
                continue;
            }
            // Where all are in use at each turn of the hand, some that are in use have to go.
            if (counter.touched && looked < SWEEP) {
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
            int home = home(next.hash());
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
        shift--;
        for (Counter counter : slots) {
            if (counter != null) {
                place(larger, counter);
            }
        }
        slots = larger;
        hand = 0;
    }

    private void place(@Nullable Counter[] table, Counter counter) {
        int mask = table.length - 1;
        int i = home(counter.hash());
        while (table[i] != null) {
            i = (i + 1) & mask;
        }
        table[i] = counter;
    }
}
