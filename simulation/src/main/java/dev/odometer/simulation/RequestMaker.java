package dev.odometer.simulation;

import dev.odometer.engine.model.Identity;
import dev.odometer.engine.model.Operation;
import dev.odometer.engine.model.Operation.Condition;
import dev.odometer.simulation.Request.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Makes up what one client sends: a mixture that differs from client to client. */
final class RequestMaker {
    /**
     * A client's clock may be ahead by so much, and a node's behind, without a fresh timed key being refused or
     * forgotten too early.
     */
    private static final long MAX_CLOCK_AHEAD_MILLIS = 240_000;

    private final SimulatedWorld world;
    private final SplittableRandom random;
    private final String session;
    private final int sessionShare;
    private final int identityShare;
    private final long clockAheadMillis;
    private int keys;

    RequestMaker(SimulatedWorld world, int client, SplittableRandom random) {
        this.world = world;
        this.random = random;
        this.session = "session-" + client;
        this.sessionShare = random.nextInt(3) == 0 ? random.nextInt(100) : 0;
        this.identityShare = random.nextInt(100);
        this.clockAheadMillis = switch (random.nextInt(4)) {
            case 0 -> random.nextLong(-MAX_CLOCK_AHEAD_MILLIS, MAX_CLOCK_AHEAD_MILLIS + 1);
            case 1 -> MAX_CLOCK_AHEAD_MILLIS;
            default -> 0;
        };
    }

    /** The next request; {@code sequence} is the number that the client's session has next. */
    Request next(long sequence) {
        if (world.plan.cluster() != null && random.nextInt(5) == 0) {
            return read(); // where owners change by themselves, reads have more to fear
        }
        int kind = random.nextInt(100);
        if (kind < 14) {
            return read();
        }
        if (kind < 50 && random.nextInt(100) < sessionShare) {
            boolean jump = random.nextInt(16) == 0;
            Identity identity = new Identity.SessionBatch(session, jump ? sequence + Sessions.JUMP : sequence);
            return request(Shape.BATCH, operations(random.nextInt(1, 5), true), identity, Long.MAX_VALUE);
        }
        boolean batch = kind >= 85;
        List<ClientOperation> operations = batch ? operations(random.nextInt(1, 6), true) : operations(1, false);
        if (random.nextInt(100) < identityShare) {
            return identified(batch ? Shape.BATCH : Shape.SINGLE, operations);
        }
        boolean fast = operations.get(0).operation instanceof Operation.Add && random.nextInt(4) > 0;
        return request(batch ? Shape.BATCH : fast ? Shape.FAST : Shape.SINGLE, operations, null, Long.MAX_VALUE);
    }

    /**
     * A request with the same identity and another payload, on the same counter; null where the request has no room
     * for one.
     */
    @Nullable
    Request rivalOf(Request request) {
        if (request.shape != Shape.SINGLE || request.identity == null) {
            return null;
        }
        ClientOperation operation = request.operations.get(0);
        if (!(operation.operation instanceof Operation.Add) || !operation.counter.hasDigitsLeft()) {
            return null;
        }
        ClientOperation other = add(operation.counter);
        Request rival =
                new Request(world.nextRequest(), Shape.SINGLE, List.of(other), request.identity, request.sendableUntil);
        rival.rival = request;
        request.rival = rival;
        world.requests.add(rival);
        return rival;
    }

    private Request read() {
        int way = random.nextInt(8);
        if (way == 0) {
            return request(Shape.LIST, List.of(), null, Long.MAX_VALUE);
        }
        CounterHistory counter = world.counters.get(random.nextInt(world.counters.size()));
        ClientOperation get =
                ClientOperation.withoutDigit(world.nextOperation(), new Operation.Get(counter.key), counter);
        Shape shape = way < (world.plan.cluster() == null ? 3 : 5)
                ? Shape.LINEARIZABLE_READ
                : way < 6 ? Shape.FAST : Shape.SINGLE;
        return request(shape, List.of(get), null, Long.MAX_VALUE);
    }

    private Request identified(Shape shape, List<ClientOperation> operations) {
        long nowMicros = world.timeline.now();
        String name = "c" + session.substring(8) + "-" + keys++;
        return switch (random.nextInt(4)) {
            case 0 ->
                request(
                        shape,
                        operations,
                        new Identity.RequestId(name),
                        nowMicros + world.plan.times().requestIdWindowMillis() * 1_000);
            case 1 -> {
                boolean wild = random.nextInt(10) == 0; // a clock so wrong that the key must be refused
                long made = world.trueMillis() + (wild ? 15 * 60_000 : clockAheadMillis);
                yield request(shape, operations, TimedKey.of(made, random), Long.MAX_VALUE);
            }
            default ->
                request(
                        shape,
                        operations,
                        new Identity.IdempotencyKey(name),
                        nowMicros + world.plan.times().idempotencyWindowMillis() * 1_000);
        };
    }

    private Request request(Shape shape, List<ClientOperation> operations, @Nullable Identity identity, long until) {
        Request request = new Request(world.nextRequest(), shape, operations, identity, until);
        world.requests.add(request);
        return request;
    }

    private List<ClientOperation> operations(int count, boolean reads) {
        List<ClientOperation> operations = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            CounterHistory counter = world.counters.get(random.nextInt(world.counters.size()));
            operations.add(operation(counter, reads));
        }
        return operations;
    }

    private ClientOperation operation(CounterHistory counter, boolean reads) {
        int kind = random.nextInt(100);
        Operation plain = null;
        if (reads && kind < 10) {
            plain = new Operation.Get(counter.key);
        } else if (kind < 18 || !counter.hasDigitsLeft()) {
            plain = new Operation.Delete(counter.key);
        } else if (kind < 24 && !counter.negative) {
            plain = new Operation.Add(counter.key, Digits.PROBE);
        }
        if (plain != null) {
            return ClientOperation.withoutDigit(world.nextOperation(), plain, counter);
        }
        return kind < 38 ? set(counter) : add(counter);
    }

    private ClientOperation add(CounterHistory counter) {
        return withDigit(new Operation.Add(counter.key, counter.nextUnit()), counter);
    }

    private ClientOperation set(CounterHistory counter) {
        Condition[] conditions = Condition.values();
        Condition condition = conditions[random.nextInt(conditions.length)];
        return withDigit(
                new Operation.Set(counter.key, counter.nextUnit(), condition, random.nextInt(3) == 0), counter);
    }

    private ClientOperation withDigit(Operation operation, CounterHistory counter) {
        ClientOperation owner = new ClientOperation(world.nextOperation(), operation, counter, counter.takeDigit());
        counter.owns(owner);
        return owner;
    }
}
