package dev.odometer.simulation;

import dev.odometer.engine.internal.EngineRules;

/**
 * A fault planted on purpose, to prove that the checkers notice it. Half of them break a rule inside the engine,
 * the other half make the store break its contract (then the engine's code is innocent, but its users lose counts
 * all the same).
 */
public enum Fault {
    /** None: the product as it is. */
    NONE,
    /** Operations are answered when their commit is submitted. */
    ACKNOWLEDGES_BEFORE_COMMIT,
    /** The store checks the epoch of a commit and not its sequence: a late duplicate puts old values back. */
    NO_SEQUENCE_CONDITION,
    /** A commit in doubt is taken for done. */
    CONTINUES_AFTER_UNKNOWN_COMMIT,
    /** The store writes counters now and identities a little later. */
    IDENTITIES_IN_ANOTHER_COMMIT,
    /** A fenced owner goes on serving. */
    KEEPS_FENCED_SHARDS,
    /** Reads see values whose commit is still on its way. */
    READS_UNCOMMITTED,
    /** An acquisition leaves the epoch as it was. */
    EPOCH_NOT_RAISED,
    /** Identities are forgotten after a tenth of their window. */
    WINDOW_PURGED_EARLY,
    /** A new owner does not load the identities of the old one. */
    IDENTITIES_NOT_LOADED,
    /** A new owner loads values from a replica that is one commit behind. */
    LOADS_STALE_VALUES,
    /** The store applies half of a commit's changes. */
    TEARS_COMMITS,
    /** The store loses a commit that it has confirmed. */
    LOSES_CONFIRMED_COMMITS,
    /** The store checks the sequence of a commit and not its epoch. */
    NO_EPOCH_CONDITION,
    /** A commit that was in doubt and is refused counts as one that never had an effect. */
    FORGETS_DOUBT,
    /** A linearizable read does not ask the store who the owner is. */
    LINEARIZABLE_READS_TRUST_MEMORY,
    /** What was sent to an owner without an identity gets a new number when it is sent again. */
    LANES_RENUMBERED,
    /** An owner does not remember the numbers of what other nodes send. */
    OWNERS_FORGET_LANES,
    /** What has an identity loses it on the way to a new owner. */
    IDENTITIES_LEFT_BEHIND,
    /** The parts of a train arrive in the opposite order. */
    TRAINS_OUT_OF_ORDER,
    /** A call without an answer counts as one that was never sent. */
    SILENCE_TAKEN_FOR_REFUSAL;

    /** Whether it can show in a world of this kind. */
    boolean showsIn(WorldKind kind) {
        return switch (this) {
            case LANES_RENUMBERED,
                    OWNERS_FORGET_LANES,
                    IDENTITIES_LEFT_BEHIND,
                    TRAINS_OUT_OF_ORDER,
                    SILENCE_TAKEN_FOR_REFUSAL -> kind == WorldKind.CLUSTERS;
            case WINDOW_PURGED_EARLY -> kind == WorldKind.ENGINES; // a cluster's time is too short for it
            default -> true;
        };
    }

    /** The engine's rules under this fault. */
    EngineRules rules() {
        return switch (this) {
            case ACKNOWLEDGES_BEFORE_COMMIT ->
                new EngineRules() {
                    @Override
                    public boolean answersBeforeCommit() {
                        return true;
                    }
                };
            case CONTINUES_AFTER_UNKNOWN_COMMIT ->
                new EngineRules() {
                    @Override
                    public boolean trustsUnknownCommits() {
                        return true;
                    }
                };
            case KEEPS_FENCED_SHARDS ->
                new EngineRules() {
                    @Override
                    public boolean keepsFencedShards() {
                        return true;
                    }
                };
            case READS_UNCOMMITTED ->
                new EngineRules() {
                    @Override
                    public boolean readsUncommitted() {
                        return true;
                    }
                };
            case FORGETS_DOUBT ->
                new EngineRules() {
                    @Override
                    public boolean forgetsDoubt() {
                        return true;
                    }
                };
            case LINEARIZABLE_READS_TRUST_MEMORY ->
                new EngineRules() {
                    @Override
                    public boolean confirmsFromMemory() {
                        return true;
                    }
                };
            case WINDOW_PURGED_EARLY ->
                new EngineRules() {
                    @Override
                    public long retentionMillis(long required) {
                        return required / 10;
                    }
                };
            default -> EngineRules.SAFE;
        };
    }
}
