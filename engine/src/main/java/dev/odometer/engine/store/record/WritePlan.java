package dev.odometer.engine.store.record;

import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CounterChange;
import dev.odometer.engine.store.IdentityRow;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one commit writes: the head, its record or not, and rows that earlier commits have changed. All of it takes
 * effect together or not at all. Immutable, so that a commit in doubt is written again identically.
 *
 * @param commit the commit
 * @param slot where its record goes; -1 where its own rows are written instead
 * @param materialised the sequence up to which the rows hold everything afterwards
 * @param counters counters to be written to their rows, or deleted there
 * @param identities identity rows to be written, null for those to be deleted
 */
public record WritePlan(
        Commit commit,
        int slot,
        long materialised,
        List<CounterChange> counters,
        Map<IdentityId, @Nullable IdentityRow> identities) {
    /** Copies the collections. */
    public WritePlan {
        counters = List.copyOf(counters);
        identities = Collections.unmodifiableMap(new LinkedHashMap<>(identities));
    }

    /** Whether the commit is written as a record. */
    public boolean isRecord() {
        return slot >= 0;
    }
}
