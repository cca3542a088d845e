package dev.odometer.engine;

import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.store.IdentityRow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The identities that are remembered, over all shards of the engine, each as a chain of slots, one for each shard
 * that has a row of it.
 * Bounded: at the bound nothing more is taken in, and nothing is forgotten before its time. Only the engine's thread.
 */
final class IdentityWindow {
    /** So many answers take about as much memory as all the rest of a row. */
    private static final int ANSWERS_PER_UNIT = 32;

    private final int capacity;
    private final Map<IdentityId, IdentitySlot> slots = new HashMap<>();
    private final PriorityQueue<IdentitySlot> byTime =
            new PriorityQueue<>(Comparator.comparingLong(slot -> slot.checkMillis));
    private int rows;
    private int taken;
    private int stale;

    IdentityWindow(int capacity) {
        this.capacity = capacity;
    }

    boolean isEmpty() {
        return rows == 0;
    }

    /** How much of the capacity the rows take, each by its {@link #weight}. */
    int taken() {
        return taken;
    }

    boolean hasRoomFor(int more) {
        return taken + more <= capacity;
    }

    /** What a row with so many answers takes of the capacity: by its memory, in units of a row with a few. */
    static int weight(int answers) {
        return 1 + answers / ANSWERS_PER_UNIT;
    }

    /** The row of an identity in a shard that still counts at this time, committed or not. */
    @Nullable
    IdentityRow row(IdentityId id, int shard, long nowMillis) {
        IdentitySlot slot = slot(id, shard);
        return slot == null ? null : alive(slot, nowMillis);
    }

    /** Whether the row of an identity in a shard waits for its commit. */
    boolean isPending(IdentityId id, int shard) {
        IdentitySlot slot = slot(id, shard);
        return slot != null && slot.isPending();
    }

    /** Any row of an identity that still counts at this time. */
    @Nullable
    IdentityRow anyRow(IdentityId id, long nowMillis) {
        for (IdentitySlot slot = slots.get(id); slot != null; slot = slot.next) {
            IdentityRow row = alive(slot, nowMillis);
            if (row != null) {
                return row;
            }
        }
        return null;
    }

    @Nullable
    IdentitySlot slot(IdentityId id, int shard) {
        for (IdentitySlot slot = slots.get(id); slot != null; slot = slot.next) {
            if (slot.shard == shard) {
                return slot;
            }
        }
        return null;
    }

    /** Takes in a row that waits for its commit. */
    IdentitySlot put(int shard, IdentityRow row) {
        IdentitySlot slot = slotFor(shard, row);
        slot.put(row);
        weigh(slot);
        return slot;
    }

    /** Takes in a row that the store holds. */
    void load(int shard, IdentityRow row) {
        IdentitySlot slot = slotFor(shard, row);
        slot.load(row);
        weigh(slot);
    }

    /** Forgets all of a shard, which is not served any more. */
    void dropShard(int shard) {
        Iterator<Map.Entry<IdentityId, IdentitySlot>> all = slots.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<IdentityId, IdentitySlot> entry = all.next();
            IdentitySlot rest = without(entry.getValue(), shard);
            if (rest == null) {
                all.remove();
            } else {
                entry.setValue(rest);
            }
        }
        byTime.removeIf(slot -> slot.shard == shard);
    }

    /** Removes a slot whose rows are all gone. */
    void removeIfEmpty(IdentitySlot slot) {
        if (!slot.isEmpty()) {
            return;
        }
        IdentitySlot first = slots.get(slot.id);
        if (first == null) {
            return;
        }
        IdentitySlot rest = unlink(first, slot);
        if (rest == null) {
            slots.remove(slot.id);
        } else {
            slots.put(slot.id, rest);
        }
        if (++stale
                > rows + 1_024) { // their places in the queue; a store that refuses everything must not make it grow
            byTime.removeIf(IdentitySlot::isEmpty);
            stale = 0;
        }
    }

    /**
     * Slots whose row may be forgotten, at most {@code limit}: each is to be forgotten by a commit, or {@linkplain
     * #defer deferred}.
     */
    List<IdentitySlot> takeExpired(long nowMillis, int limit) {
        List<IdentitySlot> expired = new ArrayList<>();
        while (expired.size() < limit) {
            IdentitySlot slot = byTime.peek();
            if (slot == null || slot.checkMillis > nowMillis) {
                break;
            }
            byTime.poll();
            IdentityRow row = slot.latest();
            if (row == null) {
                continue;
            }
            if (slot.isPending() || row.expiresMillis() > nowMillis) {
                defer(slot, Math.max(row.expiresMillis(), nowMillis + 1_000));
            } else {
                expired.add(slot);
            }
        }
        return expired;
    }

    /** Looks at a slot again at this time. */
    void defer(IdentitySlot slot, long untilMillis) {
        slot.checkMillis = untilMillis;
        byTime.add(slot);
    }

    private static @Nullable IdentityRow alive(IdentitySlot slot, long nowMillis) {
        IdentityRow row = slot.latest();
        return row != null && (slot.isPending() || row.expiresMillis() > nowMillis) ? row : null;
    }

    private IdentitySlot slotFor(int shard, IdentityRow row) {
        IdentitySlot slot = slot(row.id(), shard);
        if (slot == null) {
            slot = new IdentitySlot(row.id(), shard);
            slot.next = slots.put(row.id(), slot);
            rows++;
            defer(slot, row.expiresMillis());
        }
        return slot;
    }

    /** A session's row and the next one that waits are both in memory; the larger one counts. */
    private void weigh(IdentitySlot slot) {
        taken -= slot.weight;
        slot.weight = weight(slot.mostAnswers());
        taken += slot.weight;
    }

    private void removed(IdentitySlot slot) {
        rows--;
        taken -= slot.weight;
        slot.weight = 0;
    }

    private @Nullable IdentitySlot without(IdentitySlot first, int shard) {
        IdentitySlot rest = null;
        IdentitySlot slot = first;
        while (slot != null) {
            IdentitySlot next = slot.next;
            if (slot.shard == shard) {
                removed(slot);
            } else {
                slot.next = rest;
                rest = slot;
            }
            slot = next;
        }
        return rest;
    }

    private @Nullable IdentitySlot unlink(IdentitySlot first, IdentitySlot gone) {
        if (first == gone) {
            removed(gone);
            return gone.next;
        }
        for (IdentitySlot slot = first; slot.next != null; slot = slot.next) {
            if (slot.next == gone) {
                slot.next = gone.next;
                removed(gone);
                break;
            }
        }
        return first;
    }
}
