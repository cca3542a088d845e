package dev.odometer.engine.store;

/**
 * The head of a shard, as stored.
 *
 * @param shard the shard's number, from 0
 * @param epoch the fencing token: raised by each {@linkplain Store#acquire acquisition}; 0 where the shard was never
 *     acquired
 * @param owner the node that raised it last; empty where none did
 * @param sequence the number of the last commit, over all epochs; 0 before the first
 * @param batchId the name of the last commit; {@link BatchId#NONE} before the first
 * @param counters how many counters the shard holds
 */
public record Head(int shard, long epoch, String owner, long sequence, BatchId batchId, long counters) {
    /** The head of a shard that was never acquired. */
    public static Head unowned(int shard) {
        return new Head(shard, 0, "", 0, BatchId.NONE, 0);
    }

    /** Whether the last thing written to the shard was this commit. */
    public boolean isAt(Commit commit) {
        return epoch == commit.epoch() && sequence == commit.sequence() && batchId.equals(commit.batchId());
    }
}
