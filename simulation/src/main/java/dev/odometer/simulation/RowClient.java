package dev.odometer.simulation;

import dev.odometer.engine.Answer;
import dev.odometer.engine.Outcome;
import dev.odometer.engine.model.Identity;
import dev.odometer.engine.model.Operation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A client that sends adds on a counter of its own in a row, without waiting for answers, as over one connection; some
 * have an identity. What one process takes in a row must be applied in that order. It never sends anything again.
 */
final class RowClient {
    private static final int LONGEST_ROW = 8;

    private final SimulatedWorld world;
    private final SplittableRandom random;
    private final CounterHistory counter;
    private final int number;

    /** What each process took, in the order in which it did. */
    private final Map<SimulatedProcess, List<Attempt>> taken = new LinkedHashMap<>();

    private SimulatedNode node;
    private int keys;

    RowClient(SimulatedWorld world, int number, CounterHistory counter) {
        this.world = world;
        this.number = number;
        this.counter = counter;
        this.random = world.random.split();
        this.node = world.nodes.get(random.nextInt(world.nodes.size()));
        world.timeline.after(random.nextLong(500_000), this::next);
    }

    private void next() {
        if (!counter.hasDigitsLeft() || world.network.isCalm()) {
            return;
        }
        world.fate.mayInterfere();
        if (random.nextInt(4) == 0) {
            node = world.fate.route(0);
        }
        List<Request> row = new ArrayList<>();
        for (int i = random.nextInt(1, LONGEST_ROW + 1); i > 0 && counter.hasDigitsLeft(); i--) {
            row.add(add());
        }
        SimulatedNode to = node;
        world.network.send(false, () -> {
            SimulatedProcess process = to.process();
            if (process != null) {
                process.execute(() -> row.forEach(request -> deliver(request, process)));
            }
        });
        world.timeline.after(random.nextLong(300, 400_000), this::next);
    }

    private Request add() {
        ClientOperation operation = new ClientOperation(
                world.nextOperation(),
                new Operation.Add(counter.key, counter.nextUnit()),
                counter,
                counter.takeDigit());
        counter.owns(operation);
        @Nullable
        Identity identity = random.nextInt(3) == 0 ? new Identity.IdempotencyKey("row-" + number + "-" + keys++) : null;
        Request request =
                new Request(world.nextRequest(), Request.Shape.SINGLE, List.of(operation), identity, Long.MAX_VALUE);
        request.settled = true;
        world.requests.add(request);
        world.stats.requests++;
        return request;
    }

    private void deliver(Request request, SimulatedProcess process) {
        Attempt attempt = new Attempt(world, request, process, (List<Answer> answers) -> {});
        taken.computeIfAbsent(process, none -> new ArrayList<>()).add(attempt);
        attempt.deliver();
    }

    /**
     * Says which operation was applied before one that the same process took earlier; null where none was. One that
     * waited when its process became the owner itself may be passed, which is not promised otherwise.
     */
    @Nullable
    String outOfOrder() {
        for (Map.Entry<SimulatedProcess, List<Attempt>> row : taken.entrySet()) {
            long later = 0;
            List<Attempt> attempts = row.getValue();
            for (int i = attempts.size() - 1; i >= 0; i--) {
                ClientOperation operation = attempts.get(i).request.operations.get(0);
                if (operation.outcome == Outcome.VALUE && !attempts.get(i).cameHome()) {
                    long early = Digits.of(operation.value, counter.negative) & later;
                    if (early != 0) {
                        return row.getKey().name + " took operations in a row, and " + operation
                                + " was applied after one that came later; the value in base 4: "
                                + Long.toString(Digits.of(operation.value, counter.negative), 4);
                    }
                }
                later |= Digits.unit(operation.digit);
            }
        }
        return null;
    }
}
