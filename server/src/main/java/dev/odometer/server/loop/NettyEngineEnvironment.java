package dev.odometer.server.loop;

import dev.odometer.engine.EngineEnvironment;
import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * The engine's environment on one Netty event loop: tasks run on the loop's thread, after the channels that were ready
 * have been read.
 *
 * <p>Wall time is the wall time at the start plus the monotonic time since, so that a step of the machine's clock
 * during the run moves no window. The price: a machine that was suspended is behind by that time until the server is
 * restarted, and a client's identities that carry a time may then be refused as from the future (never counted twice).
 *
 * <p>Thread-safety: {@link #execute} and the clocks may be called from any thread, the rest on the loop's thread.
 */
public final class NettyEngineEnvironment implements EngineEnvironment {
    private final EventLoop loop;
    private final RandomGenerator random;
    private final long startWallMillis;
    private final long startNanos;

    /**
     * An environment on {@code loop}.
     *
     * @param random where random bits come from; used on the loop's thread only. Names of commits come from it, so it
     *     must not repeat over restarts: use {@link java.security.SecureRandom}, or a generator that was seeded from it
     */
    public NettyEngineEnvironment(EventLoop loop, RandomGenerator random) {
        this.loop = loop;
        this.random = random;
        this.startWallMillis = System.currentTimeMillis();
        this.startNanos = System.nanoTime();
    }

    /** The loop on which all of the engine runs. */
    public EventLoop eventLoop() {
        return loop;
    }

    @Override
    public void execute(Runnable task) {
        loop.execute(task);
    }

    @Override
    public void schedule(Runnable task, long delayMillis) {
        var unused = loop.schedule(task, delayMillis, TimeUnit.MILLISECONDS);
    }

    @Override
    public long wallMillis() {
        return startWallMillis + (System.nanoTime() - startNanos) / 1_000_000;
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public long randomLong() {
        return random.nextLong();
    }
}
