package dev.odometer.server.redis;

import dev.odometer.engine.Engine;
import dev.odometer.engine.EngineConfig;
import dev.odometer.engine.EngineListener;
import dev.odometer.engine.store.Store;
import dev.odometer.server.loop.EngineLoop;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A server on a free port, with its own loop and engine, on a store in memory or another. */
final class RedisFixture implements AutoCloseable {
    private static final int SHARDS = 4;
    private static final long WAIT_SECONDS = 30;

    final MeterRegistry meters = new SimpleMeterRegistry();
    final RedisServer server;
    final int port;
    private final EngineLoop loop;
    private final Engine engine;
    private final Store store;

    RedisFixture(RedisConfig config) {
        this(config, new MemoryStore(SHARDS));
    }

    RedisFixture(RedisConfig config, Store store) {
        this(config, store, EngineConfig.defaults("test"));
    }

    RedisFixture(RedisConfig config, Store store, EngineConfig engineConfig) {
        this.store = store;
        loop = EngineLoop.open(new Random(1));
        engine = new Engine(engineConfig, store, loop.environment(), EngineListener.NONE);
        await(onLoop(() -> engine.acquireAll().toCompletableFuture()));
        server = new RedisServer(config, engine, loop, meters);
        port = await(server.start("127.0.0.1", 0).toCompletableFuture());
    }

    static RedisFixture withDefaults() {
        return new RedisFixture(RedisConfig.defaults());
    }

    static RedisFixture withFlushAll() {
        return new RedisFixture(new RedisConfig(true, null, RedisLimits.defaults()));
    }

    /** Another server on the same engine; fails as {@link RedisServer#start} does. */
    void startAnother(int port) {
        RedisServer another = new RedisServer(RedisConfig.defaults(), engine, loop, new SimpleMeterRegistry());
        await(another.start("127.0.0.1", port).toCompletableFuture());
    }

    RespClient client() {
        return new RespClient(port);
    }

    MemoryStore memory() {
        return (MemoryStore) store;
    }

    /** Runs something on the loop's thread and waits for it. */
    <T> T onLoop(Callable<T> task) {
        return await(CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return task.call();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                },
                loop.eventLoop()));
    }

    void onLoop(Runnable task) {
        onLoop(() -> {
            task.run();
            return true;
        });
    }

    double count(String meter, String... tags) {
        return meters.get(meter).tags(tags).functionCounter().count();
    }

    static <T> T await(CompletableFuture<T> future) {
        return future.orTimeout(WAIT_SECONDS, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        await(server.close().toCompletableFuture());
        loop.close();
        store.close();
    }
}
