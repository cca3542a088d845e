package dev.odometer.engine.store;

/** What became of a submitted commit. Four cases, which a caller must keep apart. */
public sealed interface CommitOutcome {
    /**
     * The commit is durable: it survives the loss of this process and of whatever else the store's documentation
     * names.
     */
    record Committed() implements CommitOutcome {
        /** The only instance that is needed. */
        public static final Committed INSTANCE = new Committed();
    }

    /**
     * The condition did not hold and this submission changed nothing. {@code current} is the stored head, read with
     * the refusal. If it
     * {@linkplain Head#isAt is at} this commit, an earlier submission of it had taken effect.
     */
    record Refused(Head current) implements CommitOutcome {}

    /**
     * Nobody knows: the commit may have taken effect, may take effect later, or never. The caller may resubmit the
     * identical commit, or
     * acquire the shard again (which settles it); it must not build on the commit nor answer for it.
     */
    record Unknown(Throwable cause) implements CommitOutcome {}

    /**
     * This submission took no effect and never will (disk full, no quorum before anything was sent). It may be tried
     * again later.
     */
    record Unavailable(Throwable cause) implements CommitOutcome {}
}
