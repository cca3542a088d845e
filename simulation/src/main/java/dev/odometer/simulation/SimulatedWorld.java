package dev.odometer.simulation;

import dev.odometer.engine.Engine;
import dev.odometer.engine.EngineEnvironment;
import dev.odometer.engine.EngineListener;
import dev.odometer.engine.Outcome;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.model.Operation;
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

    private static final long MAX_EVENTS = 5_000_000;

    final long seed;
    final SplittableRandom random;
    final Plan plan;
    final Timeline timeline = new Timeline();
    final Network network;
    final Fault fault;
    final Stats stats = new Stats();
    final Sessions sessions;
    final List<CounterHistory> counters = new ArrayList<>();
    final List<Request> requests = new ArrayList<>();
    final Judge judge;
    final SimulatedStorage storage;
    final List<SimulatedNode> nodes = new ArrayList<>();
    final Fate fate;

    /** Which ways are cut; only a cluster's. */
    Links links;

    private final WorldKind kind;
    private final @Nullable SimulatedCoordinator coordinator;
    private final PeerNetwork peerNetwork = new PeerNetwork(this);
    private final List<SimulatedClient> clients = new ArrayList<>();
    private final List<RowClient> rows = new ArrayList<>();
    private @Nullable String failure;
    private @Nullable Throwable cause;
    private int processes;
    private int requestsMade;
    private int operationsMade;
    private int turnsTaken;
    private int lullsLeft;
    private int plainReads;

    SimulatedWorld(long seed, Fault fault, WorldKind kind) {
        this.seed = seed;
        this.kind = kind;
        this.fault = fault;
        this.random = new SplittableRandom(seed);
        this.plan = Plan.of(random, kind);
        this.lullsLeft = kind == WorldKind.ENGINES ? random.nextInt(4) : 0;
        this.network = new Network(timeline, random.split(), plan);
        this.sessions = new Sessions(this);
        for (int i = 0; i < plan.allCounters(); i++) {
            counters.add(new CounterHistory(i, Key.of("counter-" + i), i % 3 == 2));
        }
        this.judge = new Judge(this, counters);
        this.storage = new SimulatedStorage(plan.shards(), timeline, fault, judge);
        this.links = new Links(plan.nodes());
        this.coordinator = plan.cluster() == null ? null : new SimulatedCoordinator(this, plan.cluster());
        for (int i = 0; i < plan.nodes(); i++) {
            nodes.add(new SimulatedNode(this, i));
            if (kind == WorldKind.ENGINES) {
                nodes.get(i).start();
            }
        }
        this.fate = kind == WorldKind.ENGINES ? new Director(this) : new ClusterFate(this);
        for (int i = 0; i < plan.clients(); i++) {
            clients.add(new SimulatedClient(this, i));
        }
        for (int i = plan.counters(); i < counters.size(); i++) {
            rows.add(new RowClient(this, i, counters.get(i)));
        }
    }

    /** What came of a run: {@code failure} is null where all was well. */
    record Result(
            long seed,
            WorldKind kind,
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
        return new Result(seed, kind, timeline.hash(), failure, cause, timeline.lastLines(), stats);
    }

    private void goThroughAll() {
        runUntil(() -> turnsTaken >= plan.requests(), MAX_TROUBLE_MICROS);
        timeline.note("world", "is calm now", 0, 0, null);
        network.calm();
        fate.calm();
        turnsTaken = plan.requests();
        long calmSince = timeline.now();
        if (!runUntil(
                () -> clients.stream().allMatch(SimulatedClient::isFinished),
                plan.times().maxCalmMicros())) {
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
                plan.times().maxPauseMillis() * 1_000 + plan.times().maxDelayMicros()); // what is on its way arrives
        if (!runUntil(fate::isSettled, plan.times().maxCalmMicros())) {
            fail("the nodes are not as they should be, although all is well again: " + fate.unsettled());
        }
        stats.calmMillis += (timeline.now() - calmSince) / 1_000;
        readAll();
        if (failure == null) {
            judge.hindsight(requests);
            rows.stream().map(RowClient::outOfOrder).filter(Objects::nonNull).forEach(this::fail);
        }
    }

    /** Every counter, read once more, has the stored value; and nothing waits in any engine. */
    private void readAll() {
        int[] answered = new int[1];
        awaitSilence(); // a node may still carry what its client has given up
        counters.forEach(counter -> readAtTheEnd(counter, answered));
        if (kind == WorldKind.CLUSTERS) {
            nodes.forEach(node -> counters.forEach(counter -> readPlainly(counter, node)));
        }
        if (!runUntil(() -> answered[0] == counters.size() && plainReads == 0, 60_000_000)) {
            fail("the last reads were not answered");
        }
        awaitSilence();
    }

    /** Waits until no node has anything left that waits, or fails. */
    private void awaitSilence() {
        // A node asks the store and the others now and then, so that not every moment will do.
        if (!runUntil(() -> nodes.stream().noneMatch(SimulatedNode::isBusy), 60_000_000)) {
            fail("something still waits: "
                    + nodes.stream()
                            .filter(SimulatedNode::isBusy)
                            .map(node -> Objects.requireNonNull(node.process()).name + " "
                                    + Objects.requireNonNull(node.process())
                                            .engine
                                            .stats())
                            .collect(Collectors.joining("; ")));
        }
    }

    private void readAtTheEnd(CounterHistory counter, int[] answered) {
        SimulatedProcess process = fate.route(counter.key.shard(plan.shards())).process();
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

    /** Where all nodes agree, also a plain read shows the newest value, through any node. */
    private void readPlainly(CounterHistory counter, SimulatedNode node) {
        SimulatedProcess process = Objects.requireNonNull(node.process());
        plainReads++;
        process.execute(() -> process.engine.submit(
                new Operation.Get(counter.key),
                null,
                (token, outcome, value, replayed) -> {
                    plainReads--;
                    long state = outcome == Outcome.ABSENT ? Model.ABSENT : value;
                    if (outcome == Outcome.BUSY) {
                        timeline.after(10_000, () -> readPlainly(counter, node));
                    } else if (!outcome.isDecided() || state != counter.current()) {
                        fail("at the end " + counter + " plainly reads through " + process.name + " as " + outcome + " "
                                + value + "; stored is " + counter.current());
                    }
                },
                0));
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

    ClusterPlan clusterPlan() {
        return Objects.requireNonNull(plan.cluster(), "there is no cluster");
    }

    SimulatedCoordinator coordinator() {
        return Objects.requireNonNull(coordinator, "there is no cluster");
    }

    PeerNetwork peerNetwork() {
        return peerNetwork;
    }

    /** The node at an address that its member published. */
    SimulatedNode nodeAt(String address) {
        String name = address.substring(0, address.indexOf(':'));
        for (SimulatedNode node : nodes) {
            if (node.name.equals(name)) {
                return node;
            }
        }
        throw new IllegalArgumentException("nobody has ever been at " + address);
    }

    /** A process has ended. */
    void ended(SimulatedProcess process) {
        if (coordinator != null) {
            coordinator.forget(process);
        }
    }

    /** A process that the cluster refuses ends, and is started again by whoever looks after it. */
    void fateOfRefused(SimulatedProcess process) {
        if (process.node.process() == process) {
            process.node.crash();
            timeline.after(300_000, process.node::start);
        }
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
