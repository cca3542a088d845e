package dev.odometer.cluster;

import dev.odometer.engine.AnswerSink;
import dev.odometer.engine.BatchAnswer;
import dev.odometer.engine.Elsewhere;
import dev.odometer.engine.Engine;
import dev.odometer.engine.EngineEnvironment;
import dev.odometer.engine.Outcome;
import dev.odometer.engine.RemotePart;
import dev.odometer.engine.model.Identity;
import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.model.Operation;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The way to the owners of other shards. Each operation counts once, however many owners it has to be sent to: those
 * with an identity by it, the others by the number of their {@link Lane}'s batch. What goes to a shard is applied in
 * the order in which it came, for each counter. Only the engine's thread.
 */
final class Forwarder implements Elsewhere {
    private final ClusterConfig config;
    private final EngineEnvironment environment;
    private final Carrier carrier;
    private final LongSupplier currentSince;
    private final @Nullable Lane[] lanes;
    private final Room room;
    private final Set<Lane> waitingLanes = new LinkedHashSet<>(); // in an order that a seed repeats
    private Set<Lane> dirty = new LinkedHashSet<>();

    /**
     * How many nodes what is submitted right now has passed already; 0 for what comes from this node's own
     * clients.
     */
    private int passed;

    private long operations;

    Forwarder(
            ClusterConfig config,
            EngineEnvironment environment,
            int shards,
            Carrier carrier,
            LongSupplier currentSince) {
        this.config = config;
        this.environment = environment;
        this.carrier = carrier;
        this.currentSince = currentSince;
        this.lanes = new Lane[shards];
        this.room = new Room(config.maxWaitingOperations(), config.maxWaitingBytes());
        carrier.listen(this::expire, this::finished);
    }

    /** This node has become a shard's owner: what waits for it goes to the own engine, in its order. */
    void arrived(int shard, Engine engine) {
        Lane lane = lanes[shard];
        if (lane == null) {
            return;
        }
        carryReads(lane);
        carrier.arrived(shard);
        lane.empty(engine);
        waitingLanes.remove(lane);
    }

    /** Runs an action that submits to the engine what has passed so many nodes. */
    void passed(int hops, Runnable action) {
        int before = passed;
        passed = hops;
        try {
            action.run();
        } finally {
            passed = before;
        }
    }

    /** How many operations have been handed on. */
    long operations() {
        return operations;
    }

    /** How many operations wait for their answers. */
    int waiting() {
        return room.operations();
    }

    @Override
    public void forward(int shard, Operation operation, boolean linearizable, AnswerSink sink, long token) {
        Outcome refusal = refusal(1, TrainParcel.bytesOf(operation));
        if (refusal != null) {
            sink.answered(token, refusal, 0, false);
            return;
        }
        Lane lane = lane(shard);
        lane.add(new Waiting(operation, sink, token, deadline(), room), linearizable);
        markDirty(lane);
    }

    @Override
    public void forward(RemotePart part, AnswerSink sink) {
        Outcome refusal = refusal(part.answers(), TrainParcel.bytesOf(part));
        if (refusal != null) {
            for (int i = 0; i < part.answers(); i++) {
                sink.answered(i, refusal, 0, false);
            }
            return;
        }
        Lane lane = lane(part.shard());
        lane.add(new Keyed(part, passed + 1, sink, deadline(), room));
        markDirty(lane);
    }

    @Override
    public CompletionStage<BatchAnswer> forward(int shard, List<Operation> batch, Identity.SessionBatch identity) {
        SessionParcel parcel = new SessionParcel(new SessionCall(passed + 1, shard, batch, identity), deadline());
        int weight = SessionParcel.weight(batch);
        Outcome refusal = refusal(weight, parcel.bytes());
        if (refusal != null) {
            return CompletableFuture.completedFuture(SessionParcel.refusedWith(refusal));
        }
        carrier.carry(parcel);
        return parcel.future.whenComplete((answer, error) -> room.leave(weight, parcel.bytes()));
    }

    @Override
    public long currentSinceNanos() {
        return currentSince.getAsLong();
    }

    private @Nullable Outcome refusal(int weight, long bytes) {
        if (passed >= ClusterConfig.MAX_HOPS) {
            return Outcome.UNAVAILABLE;
        } else if (!room.enter(weight, bytes)) {
            return Outcome.BUSY;
        }
        operations += weight;
        return null;
    }

    private long deadline() {
        return environment.nanos() + config.deadlineMillis() * 1_000_000;
    }

    private Lane lane(int shard) {
        Lane lane = lanes[shard];
        if (lane == null) {
            lane = new Lane(shard, config, () -> new IdentityId(environment.randomLong(), environment.randomLong()));
            lanes[shard] = lane;
        }
        return lane;
    }

    private void markDirty(Lane lane) {
        if (dirty.isEmpty()) {
            environment.execute(this::send);
        }
        dirty.add(lane);
    }

    /** The end of a moment: each lane sends together what has come in it. */
    private void send() {
        Set<Lane> lanesToSend = dirty;
        dirty = new LinkedHashSet<>();
        for (Lane lane : lanesToSend) {
            carryReads(lane);
            TrainParcel train = lane.nextTrain();
            if (train != null) {
                carrier.carry(train);
            }
            if (lane.hasMore()) {
                waitingLanes.add(lane);
            } else {
                waitingLanes.remove(lane);
            }
        }
    }

    private void carryReads(Lane lane) {
        ReadsParcel reads = lane.nextReads(1);
        while (reads != null) {
            carrier.carry(reads);
            reads = lane.nextReads(1);
        }
    }

    private void finished(int shard) {
        Lane lane = lanes[shard];
        if (lane != null && lane.hasMore()) {
            markDirty(lane);
        }
    }

    private void expire() {
        long now = environment.nanos();
        waitingLanes.forEach(lane -> lane.expire(now));
    }
}
