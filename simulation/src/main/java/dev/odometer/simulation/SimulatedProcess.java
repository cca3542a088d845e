package dev.odometer.simulation;

import dev.odometer.engine.Engine;
import dev.odometer.engine.EngineEnvironment;
import dev.odometer.engine.EngineListener;
import dev.odometer.engine.EngineStats;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One run of a node's process: the engine's one thread, as an inbox of tasks that are done one at a time, in order.
 * While the process is paused nothing is done and everything piles up; afterwards it goes on with its old view of
 * the world.
 */
final class SimulatedProcess implements EngineEnvironment {
    private static final long GIVE_UP_MILLIS = 3_000;
    private static final long DRAIN_MICROS = 2_000_000;

    final SimulatedNode node;
    final int number;
    final String name;
    final Engine engine;

    /**
     * The latest committed state of each counter that this process has shown to anybody, as an index into its
     * history.
     */
    final int[] shown;

    final SimulatedStore store;

    private final @Nullable ClusterSeat seat;

    /** When it came to serve each shard, the last time. */
    private final long[] servesSince;

    private final long[] takenOver;

    private final SimulatedWorld world;
    private final SplittableRandom random;
    private final ArrayDeque<Task> inbox = new ArrayDeque<>();
    private boolean alive = true;
    private boolean onEngineThread;
    private boolean awake;
    private boolean draining;
    private long pausedUntil;

    SimulatedProcess(SimulatedWorld world, SimulatedNode node, int number) {
        this.world = world;
        this.node = node;
        this.number = number;
        this.name = node.name + "#" + number;
        this.shown = new int[world.plan.allCounters()];
        this.random = world.random.split();
        this.store = new SimulatedStore(world, this);
        Listener listener = new Listener();
        this.engine = world.engine(node.name, store, this, listener);
        this.servesSince = new long[world.plan.shards()];
        this.takenOver = new long[world.plan.shards()];
        this.seat = world.plan.cluster() == null ? null : new ClusterSeat(world, this);
        if (seat != null) {
            listener.cluster = seat.listener();
        }
    }

    /** Begins to do what a node does by itself. */
    void begin() {
        if (seat != null) {
            execute(seat::start);
        }
    }

    /** Its place in the cluster. */
    ClusterSeat seat() {
        return Objects.requireNonNull(seat, "there is no cluster");
    }

    SplittableRandom random() {
        return random;
    }

    /** When another process acquired a shard while this one served it; never where that has not happened. */
    long takenOver(int shard) {
        return takenOver[shard];
    }

    /** Another process has acquired a shard. */
    void othersAcquired(int shard) {
        if (engine.isServing(shard)) {
            takenOver[shard] = Math.min(takenOver[shard], world.timeline.now());
        }
    }

    /** Since when it has served a shard without a break, in virtual microseconds. */
    long servesSince(int shard) {
        return servesSince[shard];
    }

    boolean isAlive() {
        return alive;
    }

    void kill() {
        alive = false;
        inbox.clear();
    }

    /** Stops doing anything for a while. */
    void pause(long millis) {
        world.timeline.note(name, "is paused for ms", millis, 0, null);
        pausedUntil = Math.max(pausedUntil, world.timeline.now() + millis * 1_000);
    }

    /** Goes on at once. */
    void resume() {
        if (pausedUntil > world.timeline.now()) {
            world.timeline.note(name, "goes on", 0, 0, null);
            pausedUntil = world.timeline.now();
            awake = false;
            wakeIfNeeded();
        }
    }

    private void wakeIfNeeded() {
        if (!inbox.isEmpty()) {
            wake();
        }
    }

    /** Leaves the cluster in peace, then drains; then, or when that takes too long, this happens. */
    void leave(Runnable afterwards) {
        draining = true;
        boolean[] over = new boolean[1];
        Runnable last = () -> {
            if (!over[0]) {
                over[0] = true;
                seat().leave();
                drain(afterwards);
                world.timeline.after(DRAIN_MICROS, afterwards);
            }
        };
        execute(() -> {
            world.timeline.note(name, "leaves", 0, 0, null);
            seat().giveUpAll().thenRun(last);
            schedule(last, GIVE_UP_MILLIS);
        });
    }

    /** Stops taking operations; then, when all that was accepted is answered, this happens. */
    void drain(Runnable afterwards) {
        draining = true;
        execute(() -> {
            world.timeline.note(name, "drains", 0, 0, null);
            engine.drain().whenComplete((done, failure) -> {
                if (failure != null || engine.stats().pending() != 0) {
                    world.fail(name + " drained with " + engine.stats().pending() + " operations waiting, failure "
                            + failure);
                }
                world.timeline.after(1, afterwards);
            });
        });
    }

    boolean isDraining() {
        return draining;
    }

    /** Whether operations wait in it. */
    boolean isBusy() {
        return engine.stats().pending() != 0
                || (seat != null && seat.cluster.state().waiting() != 0);
    }

    /** Lets something happen on another thread of this process, such as the store's. */
    void arrive(Runnable completion) {
        put(new Task(completion, false));
    }

    /** Fails the run where the engine calls its surroundings from a thread other than its own. */
    void requireEngineThread(String what) {
        if (!onEngineThread) {
            world.fail(name + " calls " + what + " outside of the engine's thread");
        }
    }

    @Override
    public void execute(Runnable task) {
        put(new Task(task, true));
    }

    @Override
    public void schedule(Runnable task, long delayMillis) {
        requireEngineThread("schedule");
        world.timeline.after(delayMillis * 1_000, () -> execute(task));
    }

    @Override
    public long wallMillis() {
        return node.wallMillis();
    }

    @Override
    public long nanos() {
        return world.timeline.now() * 1_000 + number * 1_000_003L;
    }

    @Override
    public long randomLong() {
        return random.nextLong();
    }

    private void put(Task task) {
        if (alive) {
            inbox.add(task);
            wake();
        }
    }

    private void wake() {
        if (!awake) {
            awake = true;
            world.timeline.after(Math.max(1, pausedUntil - world.timeline.now()), this::work);
        }
    }

    /** Does one task; the next one is an event of its own, so that others come in between. */
    private void work() {
        awake = false;
        if (!alive) {
            return;
        }
        if (pausedUntil <= world.timeline.now()) {
            Task task = inbox.poll();
            if (task == null) {
                return;
            }
            onEngineThread = task.engineThread();
            try {
                task.action().run();
            } finally {
                onEngineThread = false;
            }
            checkBounds();
        }
        if (!inbox.isEmpty()) {
            wake();
        }
    }

    private void checkBounds() {
        EngineStats stats = engine.stats();
        Plan plan = world.plan;
        if (stats.pending() < 0 || stats.pending() > plan.maxPendingOperations()) {
            world.fail(name + " has " + stats.pending() + " operations waiting; the bound is "
                    + plan.maxPendingOperations());
        }
        int taken = stats.identities()
                - world.storage.mostIdentityRows(); // of what a takeover loads nothing may be left out
        if (stats.identities() < 0 || taken > plan.maxIdentities()) {
            world.fail(name + " has " + stats.identities() + " identities; the bound is " + plan.maxIdentities());
        }
        if (stats.cached() > 2 * plan.maxCachedCounters() + stats.pending() + 1_000 * plan.clients()) {
            world.fail(
                    name + " has " + stats.cached() + " counters in memory; the bound is " + plan.maxCachedCounters());
        }
    }

    private record Task(Runnable action, boolean engineThread) {}

    /** Notes what the engine tells, for the report of a failure. */
    private final class Listener implements EngineListener {
        private EngineListener cluster = EngineListener.NONE;

        @Override
        public void acquired(int shard, long epoch, long counters) {
            world.timeline.note(name, "serves", shard, epoch, null);
            servesSince[shard] = world.timeline.now();
            takenOver[shard] = Long.MAX_VALUE;
            cluster.acquired(shard, epoch, counters);
        }

        @Override
        public void released(int shard) {
            world.timeline.note(name, "has released", shard, 0, null);
            cluster.released(shard);
        }

        @Override
        public void lost(int shard, String reason) {
            world.timeline.note(name, "lost shard", shard, 0, reason);
            cluster.lost(shard, reason);
        }

        @Override
        public void commitFailed(int shard, String reason) {
            world.timeline.note(name, "commit failed", shard, 0, reason);
        }

        @Override
        public void fatal(Throwable cause) {
            world.fail(name + " reports a fatal error: " + cause, cause);
        }
    }
}
