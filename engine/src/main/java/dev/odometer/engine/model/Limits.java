package dev.odometer.engine.model;

/**
 * The fixed limits of the data model, the same in every protocol and store. Configurable bounds live in the
 * configuration.
 */
public final class Limits {
    /** The longest key, in bytes of UTF-8. */
    public static final int MAX_KEY_BYTES = 256;

    /** The longest idempotency key, request id or session name, in bytes of UTF-8. */
    public static final int MAX_IDENTITY_BYTES = 256;

    /** The most operations in one batch. */
    public static final int MAX_BATCH_OPERATIONS = 1_000;

    /** The most counters in one page of a listing. */
    public static final int MAX_PAGE = 1_000;

    /** The most shards that a store may be created with. */
    public static final int MAX_SHARDS = 4_096;

    private Limits() {}
}
