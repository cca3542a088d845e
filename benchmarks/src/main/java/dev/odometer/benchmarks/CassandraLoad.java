package dev.odometer.benchmarks;

import java.util.List;

/**
 * A load for both sides alike.
 *
 * @param keys how many counters
 * @param inFlight how many requests wait for their answers at a time; of single updates
 * @param batch increments in a batch; 1 for single increments
 * @param goal the ratio of throughputs that the project wants to reach; 0 where there is none
 */
record CassandraLoad(int keys, int inFlight, int batch, double goal) {
    /** Batches that wait for their answers at a time. */
    static final int BATCHES_IN_FLIGHT = 8;

    /** Increments in a batch. */
    static final int BATCH = 1_000;

    static final int MOST_KEYS = 10_000;

    static List<CassandraLoad> all() {
        return List.of(
                new CassandraLoad(MOST_KEYS, 50, 1, 0),
                new CassandraLoad(MOST_KEYS, 256, 1, 4),
                new CassandraLoad(1, 50, 1, 0),
                new CassandraLoad(1, 256, 1, 10),
                new CassandraLoad(MOST_KEYS, BATCHES_IN_FLIGHT, BATCH, 20),
                new CassandraLoad(100, BATCHES_IN_FLIGHT, BATCH, 100));
    }

    boolean isBatch() {
        return batch > 1;
    }

    String title() {
        String counters = keys == 1 ? "one hot key" : Figures.count(keys) + " keys";
        return isBatch()
                ? "batches of " + Figures.count(batch) + ", " + counters
                : counters + ", " + inFlight + " in flight";
    }

    /** The name of the n-th counter. */
    static String key(int number) {
        return "bench/" + number;
    }
}
