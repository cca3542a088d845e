package dev.odometer.store.rocksdb.journal;

import java.io.IOException;

/** The journal's next segment is still being made: nothing was written, and the same record may be written soon. */
public final class SegmentNotReadyException extends IOException {
    private static final long serialVersionUID = 1;

    SegmentNotReadyException(long number) {
        super("the journal's segment " + number + " is still being made");
    }
}
