package dev.odometer.benchmarks.micro;

import dev.odometer.engine.AnswerSink;
import dev.odometer.engine.Engine;
import dev.odometer.engine.EngineConfig;
import dev.odometer.engine.EngineListener;
import dev.odometer.engine.Outcome;
import dev.odometer.engine.model.Identity;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.model.Operation;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * An add with an idempotency key of its own, while as many older keys expire: the window holds 301,000 keys throughout.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"-XX:+UseParallelGC", "-Xmx512m"})
public class KeyedAdd implements AnswerSink {
    private static final int COUNTERS = 1 << 10;
    private static final int WINDOW_MILLIS = 1_000;

    /** How many adds arrive in one moment of the loop. */
    @Param({"1", "16", "256"})
    public int moment;

    private final Moments moments = new Moments();
    private final Engine engine = new Engine(config(), new InstantStore(16), moments, new EngineListener() {});
    private final Key[] keys = new Key[COUNTERS];
    private long number;
    private int gathered;
    private long answered;

    private static EngineConfig config() {
        EngineConfig standard = EngineConfig.defaults("bench");
        return new EngineConfig(
                "bench",
                WINDOW_MILLIS,
                standard.requestIdWindowMillis(),
                standard.sessionIdleMillis(),
                standard.maxIdentities(),
                standard.maxCachedCounters(),
                standard.maxPendingOperations(),
                true);
    }

    /** Acquires the shards and fills the window. */
    @Setup(Level.Trial)
    public void fill() {
        engine.acquireAll();
        moments.end();
        for (int i = 0; i < COUNTERS; i++) {
            keys[i] = Key.of("orders-" + i);
        }
        for (int i = 0; i < WINDOW_MILLIS + EngineConfig.MAX_CLOCK_SKEW_MILLIS; i++) {
            add();
        }
    }

    /** One add, and its share of the commit. */
    @Benchmark
    public long add() {
        long n = number++;
        Operation operation = new Operation.Add(keys[(int) n & COUNTERS - 1], 1);
        engine.submit(operation, new Identity.IdempotencyKey("request-" + n), this, n);
        if (++gathered == moment) {
            gathered = 0;
            moments.millis += moment;
            moments.end();
        }
        return answered;
    }

    @Override
    public void answered(long token, Outcome outcome, long value, boolean replayed) {
        if (outcome != Outcome.VALUE) {
            throw new IllegalStateException("an add was answered " + outcome);
        }
        answered += value;
    }
}
