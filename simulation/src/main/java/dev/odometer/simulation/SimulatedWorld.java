package dev.odometer.simulation;

import dev.odometer.engine.Engine;
import dev.odometer.engine.EngineEnvironment;
import dev.odometer.engine.EngineListener;
import dev.odometer.engine.Outcome;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A whole cluster and its clients in one thread, made from one seed: first trouble, then calm, then judgement.
 * Everything that is random comes from the seed, and time is virtual, so the same seed gives the same run, event by
 * event.
 */
final class SimulatedWorld {
    /** Trouble ends after so much virtual time, or when every client has sent all its requests. */
    private static final long MAX_TROUBLE_MICROS = 3L * 3_600 * 1_000_000;

    /** In calm, everything must be answered within so much virtual time: the longest window, and some. */
    private static final long MAX_CALM_MICROS = 2L * 3_600 * 1_000_000;

    private static final long MAX_EVENTS = 5_000_000;

    final long seed;
    final SplittableRandom random;
    final Plan plan;
    final Timeline timeline = new Timeline();
    final Network network;
    final Stats stats = new Stats();
    final Sessions sessions;
    final List<CounterHistory> counters = new ArrayList<>();
    final List<Request> requests = new ArrayList<>();
    final Judge judge;
    final SimulatedStorage storage;
    final List<SimulatedNode> nodes = new ArrayList<>();
    final Director director;
    private final List<SimulatedClient> clients = new ArrayList<>();
    private final Fault fault;
    private @Nullable String failure;
    private @Nullable Throwable cause;
    private int processes;
    private int requestsMade;
    private int operationsMade;
    private int turnsTaken;
    private int lullsLeft;

    SimulatedWorld(long seed, Fault fault) {
        this.seed = seed;
        this.fault = fault;
        this.random = new SplittableRandom(seed);
        this.plan = Plan.of(random);
        this.lullsLeft = random.nextInt(4);
        this.network = new Network(timeline, random.split(), plan);
        this.sessions = new Sessions(this);
        for (int i = 0; i < plan.counters(); i++) {
            counters.add(new CounterHistory(i, Key.of("counter-" + i), i % 3 == 2));
        }
        this.judge = new Judge(this, counters);
        this.storage = new SimulatedStorage(plan.shards(), timeline, fault, judge);
        for (int i = 0; i < plan.nodes(); i++) {
            nodes.add(new SimulatedNode(this, i));
        }
        this.director = new Director(this);
        for (int i = 0; i < plan.clients(); i++) {
            clients.add(new SimulatedClient(this, i));
        }
    }

    /** What came of a run: {@code failure} is null where all was well. */
    record Result(
            long seed,
            long hash,
            @Nullable String failure,
            @Nullable Throwable cause,
            List<String> lastLines,
            Stats stats) {}

    Result run() {
        try {
            goThroughAll();
        } catch (RuntimeException | AssertionError e) {
            fail("an exception: " + e, e);
        }
        stats.runs = 1;
        stats.events = timeline.steps();
        stats.virtualMillis = timeline.now() / 1_000;
        return new Result(seed, timeline.hash(), failure, cause, timeline.lastLines(200), stats);
    }

    private void goThroughAll() {
        runUntil(() -> turnsTaken >= plan.requests(), MAX_TROUBLE_MICROS);
        timeline.note("world", "is calm now", 0, 0, null);
        network.calm();
        director.calm();
        turnsTaken = plan.requests();
        if (!runUntil(() -> clients.stream().allMatch(SimulatedClient::isFinished), MAX_CALM_MICROS)) {
            fail("some requests were never answered, although all is well again: "
                    + clients.stream()
                            .map(SimulatedClient::current)
                            .map(String::valueOf)
                            .collect(Collectors.joining(", "))
                    + "; the engines: "
                    + nodes.stream()
                            .map(SimulatedNode::process)
                            .filter(Objects::nonNull)
                            .map(process -> process.name + " " + process.engine.stats() + process.engine.shards())
                            .collect(Collectors.joining("; "))
                    + "; " + plan);
        }
        runUntil(
                () -> false,
                Plan.MAX_PAUSE_MILLIS * 1_000 + Network.MAX_DELAY_MICROS); // what is still on its way arrives
        readAll();
        if (failure == null) {
            judge.hindsight(requests);
        }
    }

    /** Every counter, read once more, has the stored value; and nothing waits in any engine. */
    private void readAll() {
        int[] answered = new int[1];
        counters.forEach(counter -> readAtTheEnd(counter, answered));
        if (!runUntil(() -> answered[0] == counters.size(), 60_000_000)) {
            fail("the last reads were not answered");
        }
        for (SimulatedNode node : nodes) {
            SimulatedProcess process = node.process();
            if (process != null && process.engine.stats().pending() != 0) {
                fail(process.name + " still has operations waiting: " + process.engine.stats());
            }
        }
    }

    private void readAtTheEnd(CounterHistory counter, int[] answered) {
        SimulatedProcess process =
                director.route(counter.key.shard(plan.shards())).process();
        if (process == null) {
            throw new IllegalStateException("the chosen node is down");
        }
        process.execute(() -> process.engine.getLinearizable(counter.key).whenComplete((answer, error) -> {
            if (answer == null) {
                fail("a linearizable read failed: " + error, error);
            } else if (!answer.outcome().isDecided()) {
                timeline.after(100_000, () -> readAtTheEnd(counter, answered));
            } else {
                answered[0]++;
                long state = answer.outcome() == Outcome.ABSENT ? Model.ABSENT : answer.value();
                if (state != counter.current()) {
                    fail("at the end " + counter + " reads as " + answer + "; stored is " + counter.current());
                }
            }
        }));
    }

    /** Lets time pass until something holds; false where it does not within this time. */
    private boolean runUntil(BooleanSupplier done, long withinMicros) {
        long end = timeline.now() + withinMicros;
        while (failure == null) {
            if (done.getAsBoolean()) {
                return true;
            }
            if (timeline.now() > end || !timeline.step()) {
                return done.getAsBoolean();
            }
            if (timeline.steps() > MAX_EVENTS) {
                fail("the run does not end");
            }
        }
        return true;
    }

    /** Ends the run as failed. Only the first failure counts. */
    void fail(String what) {
        fail(what, null);
    }

    void fail(String what, @Nullable Throwable why) {
        if (failure == null) {
            failure = what;
            cause = why;
        }
    }

    /** The true time, in milliseconds since 1970; no node's clock shows it exactly. */
    long trueMillis() {
        return SimulatedNode.BEGINNING_MILLIS + timeline.now() / 1_000;
    }

    Engine engine(String owner, Store store, EngineEnvironment environment, EngineListener listener) {
        return new Engine(plan.engineConfig(owner), store, environment, listener, fault.rules());
    }

    int nextProcess() {
        return ++processes;
    }

    int nextRequest() {
        return ++requestsMade;
    }

    int nextOperation() {
        return ++operationsMade;
    }

    /** Whether a client may send another request. */
    boolean takeTurn() {
        return turnsTaken++ < plan.requests();
    }

    /** Whether a client may let a long time pass; a run has few such pauses, since they cost timers. */
    boolean takeLull() {
        return !network.isCalm() && lullsLeft-- > 0;
    }
}
