package dev.odometer.simulation;

import dev.odometer.engine.model.Identity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a client sends, once or many times: one operation or a batch, with an identity or without. */
final class Request {
    final int number;
    final Shape shape;
    final List<ClientOperation> operations;
    final @Nullable Identity identity;

    /** Until when it may be sent again: a plain key is worth nothing after its window. In virtual microseconds. */
    final long sendableUntil;

    /** The request that has the same identity and another payload; null where there is none. */
    @Nullable
    Request rival;

    /** Whether its client has every answer that it waits for, or has given up. */
    boolean settled;

    Request(
            int number,
            Shape shape,
            List<ClientOperation> operations,
            @Nullable Identity identity,
            long sendableUntil) {
        this.number = number;
        this.shape = shape;
        this.operations = operations;
        this.identity = identity;
        this.sendableUntil = sendableUntil;
    }

    /** How it enters the engine. */
    enum Shape {
        /** By {@code Engine.add} or {@code Engine.get}, the way of the Redis protocol. */
        FAST,
        /** By {@code Engine.submit}. */
        SINGLE,
        /** By {@code Engine.batch}. */
        BATCH,
        /** By {@code Engine.getLinearizable}. */
        LINEARIZABLE_READ,
        /** By {@code Engine.list}, over all counters. */
        LIST
    }

    @Override
    public String toString() {
        return "request " + number + " " + shape + " " + (identity == null ? "without identity" : identity) + " "
                + operations;
    }
}
