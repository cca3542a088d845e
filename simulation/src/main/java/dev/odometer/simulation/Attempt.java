package dev.odometer.simulation;

import dev.odometer.engine.Answer;
import dev.odometer.engine.BatchAnswer;
import dev.odometer.engine.CounterPage;
import dev.odometer.engine.Engine;
import dev.odometer.engine.Outcome;
import dev.odometer.engine.model.Operation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One delivery of a request to an engine. Tells the {@link Judge} what the engine answers, at the moment when it
 * does, and then sends the answers back to the client.
 */
final class Attempt {
    final Request request;
    final SimulatedProcess process;

    /** For each operation, the latest state of its counter that anybody had been shown at the delivery. */
    final int[] shownBefore;

    /** For each operation, the latest state of its counter that this process had shown at the delivery. */
    final int[] shownHereBefore;

    /** What the session's client knew at the delivery; 0 for requests of no session. */
    long settledBefore;

    private final SimulatedWorld world;
    private final @Nullable Answer[] answers;
    private final Consumer<List<Answer>> reply;
    private int missing;
    private long deliveredMicros;
    private boolean cameHome;

    Attempt(SimulatedWorld world, Request request, SimulatedProcess process, Consumer<List<Answer>> reply) {
        this.world = world;
        this.request = request;
        this.process = process;
        this.reply = reply;
        int count = request.operations.size();
        this.answers = new Answer[count];
        this.missing = count;
        this.shownBefore = new int[count];
        this.shownHereBefore = new int[count];
        for (int i = 0; i < count; i++) {
            CounterHistory counter = request.operations.get(i).counter;
            shownBefore[i] = counter.shown();
            shownHereBefore[i] = process.shown[counter.number];
        }
    }

    /** The oldest state of its counter that an answer to this operation may show which changed nothing. */
    int leastState(int index) {
        if (request.shape == Request.Shape.LINEARIZABLE_READ || mustBeFresh(request.operations.get(index))) {
            return shownBefore[index];
        }
        // Another owner may answer each time: what this process has shown before says nothing.
        return world.plan.cluster() == null ? shownHereBefore[index] : 0;
    }

    /**
     * Whether a read had to ask the store: another process had acquired the shard while this one was no member, and
     * this one goes on as if it were the owner.
     */
    private boolean mustBeFresh(ClientOperation operation) {
        if (world.plan.cluster() == null || !operation.isRead()) {
            return false;
        }
        int shard = operation.counter.key.shard(world.plan.shards());
        long taken = process.takenOver(shard);
        return process.engine.isServing(shard)
                && taken < deliveredMicros
                && process.seat().link.wasOver(taken);
    }

    /** Whether its process became the owner of its first operation's shard while it waited. */
    boolean cameHome() {
        return cameHome;
    }

    /** Hands the request to the engine. Called on the engine's thread. */
    void deliver() {
        world.timeline.note(process.name, "takes request", request.number, request.operations.size(), request);
        deliveredMicros = world.timeline.now();
        world.judge.delivered(this);
        Engine engine = process.engine;
        switch (request.shape) {
            case FAST -> fast(engine, request.operations.get(0).operation);
            case SINGLE ->
                engine.submit(request.operations.get(0).operation, request.identity, this::answered, request.number);
            case BATCH -> batch(engine);
            case LINEARIZABLE_READ -> {
                CompletionStage<Answer> stage = engine.getLinearizable(
                        request.operations.get(0).operation.key());
                stage.whenComplete((answer, failure) -> {
                    if (failure != null) {
                        world.fail("a linearizable read failed: " + failure, failure);
                    } else {
                        answered(0, answer);
                    }
                });
            }
            case LIST -> list(engine);
        }
    }

    private void fast(Engine engine, Operation operation) {
        byte[] key = operation.key().bytes();
        byte[] padded = new byte[key.length + 5];
        System.arraycopy(key, 0, padded, 3, key.length);
        if (operation instanceof Operation.Add add) {
            engine.add(padded, 3, key.length, add.delta(), this::answered, request.number);
        } else {
            engine.get(padded, 3, key.length, this::answered, request.number);
        }
        Arrays.fill(padded, (byte) '!'); // the engine has promised not to keep the array
    }

    private void batch(Engine engine) {
        List<Operation> operations = new ArrayList<>();
        request.operations.forEach(operation -> operations.add(operation.operation));
        engine.batch(operations, request.identity).whenComplete((answer, failure) -> {
            if (failure != null) {
                world.fail("a batch failed: " + failure, failure);
            } else {
                answered(answer);
            }
        });
    }

    private void answered(BatchAnswer answer) {
        int count = request.operations.size();
        if (answer.answers().size() != (answer.refusal() == Outcome.VALUE ? count : 0)) {
            world.fail("a batch of " + count + " operations got the answer " + answer);
            return;
        }
        for (int i = 0; i < count; i++) {
            answered(
                    i,
                    answer.refusal() == Outcome.VALUE
                            ? answer.answers().get(i)
                            : new Answer(answer.refusal(), answer.expectedSequence(), false));
        }
    }

    private void answered(long token, Outcome outcome, long value, boolean replayed) {
        if (token != request.number) {
            world.fail("the answer to " + request + " names another: " + token);
        }
        answered(0, new Answer(outcome, value, replayed));
    }

    private void answered(int index, Answer answer) {
        process.requireEngineThread("an answer");
        if (answers[index] != null) {
            world.fail("operation " + index + " was answered twice: " + answers[index] + ", then " + answer + ": "
                    + request);
            return;
        }
        answers[index] = answer;
        int shard = request.operations.get(0).counter.key.shard(world.plan.shards());
        cameHome |= process.servesSince(shard) > deliveredMicros;
        world.timeline.note(process.name, "answers request", request.number, index, answer);
        world.judge.answered(this, index, answer);
        if (--missing == 0) {
            List<Answer> all = new ArrayList<>();
            for (Answer one : answers) {
                if (one != null) {
                    all.add(one);
                }
            }
            world.network.send(true, () -> reply.accept(all));
        }
    }

    private void list(Engine engine) {
        engine.list(new byte[0], null, 2).whenComplete((page, failure) -> {
            if (failure == null) {
                listed(engine, page);
            } else {
                world.network.send(true, () -> reply.accept(List.of()));
            }
        });
    }

    private void listed(Engine engine, CounterPage page) {
        process.requireEngineThread("a listing's page");
        world.timeline.note(process.name, "lists", page.counters().size(), 0, page);
        world.judge.listed(page);
        if (page.next() == null) {
            world.network.send(true, () -> reply.accept(List.of()));
            return;
        }
        engine.list(new byte[0], page.next(), 3).whenComplete((next, failure) -> {
            if (failure == null) {
                world.judge.listed(next);
            }
            world.network.send(true, () -> reply.accept(List.of()));
        });
    }
}
