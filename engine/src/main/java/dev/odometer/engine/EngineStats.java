package dev.odometer.engine;

/**
 * Figures of a moment, read on the engine's thread.
 *
 * @param counters counters in all shards served
 * @param pending operations that wait for a commit or a load
 * @param identities identity rows in memory
 * @param cached counters in memory
 * @param loads values loaded from the store so far
 * @param commits commits done so far
 * @param operations operations answered by commits so far
 */
public record EngineStats(
        long counters, int pending, int identities, int cached, long loads, long commits, long operations) {}
