package dev.odometer.benchmarks.micro;

import dev.odometer.engine.AnswerSink;
import dev.odometer.engine.Engine;
import dev.odometer.engine.EngineConfig;
import dev.odometer.engine.EngineListener;
import dev.odometer.engine.Outcome;
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

/** An add through the engine: find the counter, change it, commit the group, answer. 16 shards, as the server has. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"-XX:+UseParallelGC", "-Xmx512m"})
public class EngineAdd implements AnswerSink {
    /** How many counters the adds go to, at random. */
    @Param({"1", "100000"})
    public int counters;

    /** How many adds arrive in one moment of the loop; each moment ends with the commits of the shards it touched. */
    @Param({"1", "16", "800"})
    public int moment;

    private final Moments moments = new Moments();
    private final Engine engine =
            new Engine(EngineConfig.defaults("bench"), new InstantStore(16), moments, new EngineListener() {});
    private Keys keys = new Keys(1);
    private int gathered;
    private long answered;

    /** Acquires the shards and loads every counter. */
    @Setup(Level.Trial)
    public void load() {
        keys = new Keys(counters);
        engine.acquireAll();
        moments.end();
        for (int i = 0; i < counters; i++) {
            engine.add(keys.buffer, i * keys.length(), keys.length(), 1, this, 0);
            moments.end();
        }
    }

    /** One add, and its share of the commit. */
    @Benchmark
    public long add() {
        engine.add(keys.buffer, keys.offset(), keys.length(), 1, this, 7);
        if (++gathered == moment) {
            gathered = 0;
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
