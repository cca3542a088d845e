package dev.odometer.simulation;

import dev.odometer.engine.Answer;
import dev.odometer.engine.Outcome;
import dev.odometer.engine.model.Identity;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A client: one request after the other. What has an identity it sends again, to this node or that, until it has an
 * answer; what has none it sends again only where it was told that nothing had changed.
 */
final class SimulatedClient {
    private static final int MAX_TRIES_WITHOUT_IDENTITY = 6;

    private final SimulatedWorld world;
    private final SplittableRandom random;
    private final RequestMaker maker;
    private @Nullable Request current;
    private long sequence = 1;
    private int tries;
    private boolean waiting;
    private boolean finished;

    SimulatedClient(SimulatedWorld world, int number) {
        this.world = world;
        this.random = world.random.split();
        this.maker = new RequestMaker(world, number, random);
        world.timeline.after(random.nextLong(100_000), this::next);
    }

    /** Whether it has sent all that it wants to, and knows what it can know about it. */
    boolean isFinished() {
        return finished;
    }

    @Nullable
    Request current() {
        return current;
    }

    private void next() {
        if (!world.takeTurn()) {
            finished = true;
            return;
        }
        Request request = maker.next(sequence);
        current = request;
        tries = 0;
        world.stats.requests++;
        if (random.nextInt(16) == 0) {
            Request rival = maker.rivalOf(request);
            if (rival != null) {
                world.timeline.after(random.nextLong(60_000), () -> deliver(rival));
            }
        }
        send(request);
    }

    private void send(Request request) {
        if (request.settled) {
            return;
        }
        if (world.timeline.now() > request.sendableUntil) {
            world.stats.abandoned++;
            settle(request);
            return;
        }
        int attempt = ++tries;
        waiting = true;
        deliver(request);
        if (request.identity != null && random.nextInt(12) == 0) {
            deliver(request); // it asks a second node without waiting for the first
        }
        world.timeline.after(random.nextLong(300_000, 3_000_000), () -> {
            if (attempt == tries && waiting && !request.settled) {
                unanswered(request);
            }
        });
    }

    private void deliver(Request request) {
        world.fate.mayInterfere();
        SimulatedNode node = world.fate.route(shard(request));
        int attempt = tries;
        world.network.send(request.identity != null, () -> {
            SimulatedProcess process = node.process();
            if (process != null) {
                process.execute(() ->
                        new Attempt(world, request, process, answers -> answered(request, attempt, answers)).deliver());
            }
        });
    }

    private int shard(Request request) {
        if (request.identity instanceof Identity.SessionBatch batch && random.nextBoolean()) {
            return world.sessions.home(batch);
        }
        return request.operations.isEmpty()
                ? 0
                : request.operations.get(0).counter.key.shard(world.plan.shards());
    }

    private void unanswered(Request request) {
        waiting = false;
        if (request.identity == null) {
            settle(request); // it will never know
        } else {
            again(request, 1_000, 300_000);
        }
    }

    private void answered(Request request, int attempt, List<Answer> answers) {
        if (request.settled || request != current) {
            return;
        }
        Outcome worst = Outcome.VALUE;
        for (Answer answer : answers) {
            if (!answer.outcome().isDecided() && (worst == Outcome.VALUE || answer.outcome() == Outcome.UNKNOWN)) {
                worst = answer.outcome();
            }
        }
        if (worst == Outcome.VALUE) {
            world.sessions.settle(request);
            if (request.identity instanceof Identity.SessionBatch) {
                sequence++;
            }
            settle(request);
        } else if (waiting && attempt == tries) { // not the refusal of an earlier attempt
            waiting = false;
            refused(request, worst, answers.size() > 1);
        }
    }

    private void refused(Request request, Outcome outcome, boolean batch) {
        boolean identified = request.identity != null;
        switch (outcome) {
            case CONFLICT, EXPIRED -> settle(request);
            case UNKNOWN -> {
                if (identified) {
                    again(request, 1_000, 200_000);
                } else {
                    settle(request);
                }
            }
            case OUT_OF_SEQUENCE -> {
                boolean jumped = request.identity instanceof Identity.SessionBatch made && made.sequence() != sequence;
                if (jumped) {
                    settle(request);
                } else {
                    again(request, 10_000, 500_000);
                }
            }
            default -> {
                if (!identified && (batch || tries >= MAX_TRIES_WITHOUT_IDENTITY)) {
                    settle(request);
                } else if (outcome == Outcome.WINDOW_FULL) {
                    again(request, 5_000_000, 60_000_000);
                } else {
                    again(request, 1_000, 200_000);
                }
            }
        }
    }

    private void again(Request request, long leastMicros, long mostMicros) {
        long patience = 1L << Math.min(tries / 4, 8);
        long wait =
                Math.min(world.plan.times().maxBackoffMicros(), random.nextLong(leastMicros, mostMicros) * patience);
        if (request.identity != null && random.nextInt(8) == 0 && world.takeLull()) {
            wait = longWait(request);
        }
        world.timeline.after(wait, () -> send(request));
    }

    /** So long that the identity's window is nearly over, or over where the key itself says how old it is. */
    private long longWait(Request request) {
        long now = world.timeline.now();
        long most = request.sendableUntil == Long.MAX_VALUE
                ? (world.plan.times().idempotencyWindowMillis() + 60_000) * 1_000
                : Math.max(0, request.sendableUntil - now);
        return most - random.nextLong(most / 2 + 1);
    }

    private void settle(Request request) {
        request.settled = true;
        current = null;
        if (request.identity != null && random.nextInt(8) == 0) {
            // A copy turns up late: it must not count again.
            long wait = random.nextInt(3) == 0 && world.takeLull() ? longWait(request) : random.nextLong(3_000_000);
            if (world.timeline.now() + wait < request.sendableUntil) {
                world.timeline.after(wait, () -> deliver(request));
            }
        }
        boolean lull = random.nextInt(40) == 0 && world.takeLull();
        world.timeline.after(
                lull
                        ? random.nextLong(600_000_000)
                        : random.nextLong(1, world.plan.times().maxGapMicros()),
                this::next);
    }
}
