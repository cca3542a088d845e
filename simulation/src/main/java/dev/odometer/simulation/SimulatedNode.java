package dev.odometer.simulation;

import org.jspecify.annotations.Nullable;

/**
 * A node: a name and a clock that stay, and a process that may crash and be started again. Its wall clock is off by
 * up to the plan's skew and jumps; the nodes differ by up to twice that.
 */
final class SimulatedNode {
    /** The wall-clock time at which every run begins, in milliseconds since 1970. */
    static final long BEGINNING_MILLIS = 1_750_000_000_000L;

    final int number;
    final String name;
    private final SimulatedWorld world;
    private long clockOffMillis;
    private @Nullable SimulatedProcess process;

    SimulatedNode(SimulatedWorld world, int number) {
        this.world = world;
        this.number = number;
        this.name = "node-" + number;
        jumpClock();
    }

    /** The process that runs now; null while the node is down. */
    @Nullable
    SimulatedProcess process() {
        return process;
    }

    /** Whether its process has anything left that waits. */
    boolean isBusy() {
        return process != null && process.isBusy();
    }

    long wallMillis() {
        return world.trueMillis() + clockOffMillis;
    }

    void jumpClock() {
        long skew = world.plan.skewMillis();
        clockOffMillis = skew == 0 ? 0 : world.random.nextLong(-skew, skew + 1);
    }

    void start() {
        if (process == null) {
            process = new SimulatedProcess(world, this, world.nextProcess());
            world.timeline.note(process.name, "starts", 0, 0, null);
            process.begin();
        }
    }

    /** Everything that the process knew is gone; what it sent is still on its way. */
    void crash() {
        if (process != null) {
            world.timeline.note(process.name, "crashes", 0, 0, null);
            process.kill();
            world.ended(process);
            process = null;
        }
    }
}
