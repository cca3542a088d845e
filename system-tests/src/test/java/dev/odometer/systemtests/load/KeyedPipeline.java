package dev.odometer.systemtests.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A pipeline of {@code ODOMETER.ADD}s of one client, and what its answers must be. Sent again it is sent as a whole,
 * so that those that
 * were answered must be answered the same again. Used by one thread.
 */
final class KeyedPipeline {
    private static final int MOST_OPERATIONS = 48;

    private final String client;
    private final Oracle oracle;
    private final Random random;
    private final boolean ordered;
    private final List<Add> adds = new ArrayList<>();
    private long ownValue;
    private long number;

    /** An add; {@code expected} is the value after it, where it is known. */
    record Add(String id, String counter, long delta, Long expected) {
        String[] arguments() {
            return new String[] {counter, String.valueOf(delta), "ID", id};
        }
    }

    /** @param ordered whether what is sent again arrives in order, so that the values on the way are known too */
    KeyedPipeline(String client, Oracle oracle, Random random, boolean ordered) {
        this.client = client;
        this.oracle = oracle;
        this.random = random;
        this.ordered = ordered;
    }

    List<Add> next() {
        adds.clear();
        String own = "own/" + client;
        int count = 1 + random.nextInt(MOST_OPERATIONS);
        for (int i = 0; i < count; i++) {
            long delta = 1L + random.nextInt(9);
            boolean toOwn = random.nextBoolean();
            String counter = toOwn ? own : Workload.shared(random);
            if (toOwn) {
                ownValue += delta;
            } else {
                oracle.issued(counter, delta);
            }
            adds.add(new Add(client + "-" + ++number, counter, delta, toOwn && ordered ? ownValue : null));
        }
        if (ownValue > 0) {
            oracle.modelled(own, ownValue);
        }
        return adds;
    }

    List<Add> adds() {
        return adds;
    }

    /** The answer to an add. */
    void answered(Add add, long value) {
        oracle.answered(add.id(), add.counter(), add.delta(), value);
        if (add.expected() != null && add.expected() != value) {
            oracle.complain(add + " gave " + value);
        }
    }

    /** An error reply; returns whether the same command may be sent again. */
    boolean mayRetry(Add add, String error) {
        if (error.startsWith("TRYAGAIN")) {
            return true;
        }
        oracle.complain(add + " gave " + error);
        return false;
    }
}
