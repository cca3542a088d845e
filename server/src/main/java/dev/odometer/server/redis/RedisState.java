package dev.odometer.server.redis;

import dev.odometer.engine.Engine;
import dev.odometer.server.loop.NettyEngineEnvironment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all Redis connections share: the engine, the bounds over all of them, scratch memory, and the list of
 * connections with replies to send, which are flushed together once a turn of the loop.
 *
 * <p>Used by the loop's thread only.
 */
final class RedisState {
    private static final Logger LOG = LoggerFactory.getLogger(RedisState.class);
    private static final int OUTPUT_CHUNK_BYTES = 64 * 1024;

    final RedisConfig config;
    final Engine engine;
    final NettyEngineEnvironment environment;
    final RedisMetrics metrics;
    final CommandTable commands;
    final RespParser parser;
    final Cursors cursors;

    /** The command being run; see {@link Arguments}. */
    final Arguments arguments = new Arguments();

    /** Where ready replies are put together. */
    final byte[] output = new byte[OUTPUT_CHUNK_BYTES];

    /** The open connections, by id. */
    final Map<Long, RedisConnection> connections = new LinkedHashMap<>();

    final long startNanos;
    int port;

    private final Runnable flushTask = this::flush;
    private final List<Runnable> whenNoConnection = new ArrayList<>();
    private final ArrayDeque<RedisConnection> waitingForRoom = new ArrayDeque<>();
    private List<RedisConnection> toFlush = new ArrayList<>();
    private List<RedisConnection> flushing = new ArrayList<>();
    private boolean flushScheduled;
    private byte[] scratch = new byte[OUTPUT_CHUNK_BYTES];
    private int unanswered;
    private int stalled;
    private long heldInput;
    private long lastConnectionId;

    RedisState(
            RedisConfig config,
            Engine engine,
            NettyEngineEnvironment environment,
            RedisMetrics metrics,
            CommandTable commands) {
        this.config = config;
        this.engine = engine;
        this.environment = environment;
        this.metrics = metrics;
        this.commands = commands;
        RedisLimits limits = config.limits();
        this.parser = new RespParser(limits.maxArguments(), limits.maxBulkBytes(), limits.maxCommandBytes());
        this.cursors = new Cursors(environment.randomLong());
        this.startNanos = environment.nanos();
    }

    RedisLimits limits() {
        return config.limits();
    }

    long nextConnectionId() {
        return ++lastConnectionId;
    }

    void remove(RedisConnection connection) {
        connections.remove(connection.info.id());
        tellIfNoConnection();
    }

    /** Runs the task, soon, when no connection is open. */
    void whenNoConnection(Runnable task) {
        whenNoConnection.add(task);
        tellIfNoConnection();
    }

    private void tellIfNoConnection() {
        if (connections.isEmpty()) {
            whenNoConnection.forEach(Runnable::run);
            whenNoConnection.clear();
        }
    }

    /** Memory of at least {@code length} bytes until the next call. */
    byte[] scratch(int length) {
        if (scratch.length < length) {
            scratch = new byte[Integer.highestOneBit(length - 1) << 1];
        }
        return scratch;
    }

    /**
     * Counts an operation handed to the engine. Its answer may have come already: the count may be below 0 for that
     * moment.
     */
    void submitted() {
        unanswered++;
    }

    /** Counts an operation answered by the engine. */
    void answered() {
        unanswered--;
        if (unanswered == limits().maxUnanswered() / 2 && !waitingForRoom.isEmpty()) {
            waitingForRoom.forEach(RedisConnection::roomAgain);
            waitingForRoom.clear();
        }
    }

    /** Whether the engine may be given more operations. */
    boolean hasRoom() {
        return unanswered < limits().maxUnanswered();
    }

    /** Tells the connection when there is room again. */
    void waitForRoom(RedisConnection connection) {
        waitingForRoom.add(connection);
    }

    /**
     * Reserves (or, negative, gives back) memory for input that cannot be run yet; false where the bound does not allow
     * it.
     */
    boolean holdInput(long bytes) {
        if (bytes > 0 && heldInput + bytes > limits().maxHeldInputBytes()) {
            return false;
        }
        heldInput += bytes;
        return true;
    }

    long heldInput() {
        return heldInput;
    }

    /** Calls the connection's flush once, after what runs now. */
    void wantsFlush(RedisConnection connection) {
        if (connection.markForFlush()) {
            toFlush.add(connection);
            if (!flushScheduled) {
                flushScheduled = true;
                environment.execute(flushTask);
            }
        }
    }

    private void flush() {
        flushScheduled = false;
        List<RedisConnection> batch = toFlush;
        toFlush = flushing;
        flushing = batch;
        for (int i = 0; i < batch.size(); i++) {
            flush(batch.get(i));
        }
        batch.clear();
    }

    /** What goes wrong with one connection must not keep the others from being flushed. */
    private static void flush(RedisConnection connection) {
        try {
            connection.flush();
        } catch (RuntimeException | OutOfMemoryError e) {
            LOG.error("Closed the connection from {} on an unexpected error", connection.info.address(), e);
            connection.cut();
        }
    }

    /** Counts a connection whose socket is full; false where there are too many. */
    boolean stalls() {
        stalled++;
        return stalled <= limits().maxStalled();
    }

    void stallsNoMore() {
        stalled--;
    }

    /** Closes who has been silent or deaf for too long, and gives memory back. Called about once a second. */
    void sweep() {
        long now = environment.nanos();
        for (RedisConnection connection : new ArrayList<>(connections.values())) {
            connection.sweep(now);
        }
    }
}
