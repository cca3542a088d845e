package dev.odometer.engine;

/**
 * A shard as this engine sees it.
 *
 * @param serving whether this engine owns it and serves
 * @param epoch the epoch under which it was acquired last
 * @param sequence the last commit known to be durable
 * @param counters how many counters it holds
 */
public record ShardStatus(int shard, boolean serving, long epoch, long sequence, long counters) {}
