package dev.odometer.server.loop;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * One event loop with one thread: epoll where the platform has it, NIO elsewhere. The engine and the Redis connections
 * share it.
 *
 * <p>Thread-safe.
 */
public final class EngineLoop implements AutoCloseable {
    private static final long CLOSE_TIMEOUT_SECONDS = 10;

    private final EventLoopGroup group;
    private final Class<? extends ServerChannel> serverChannelType;
    private final NettyEngineEnvironment environment;

    private EngineLoop(EventLoopGroup group, Class<? extends ServerChannel> serverChannelType, RandomGenerator random) {
        this.group = group;
        this.serverChannelType = serverChannelType;
        this.environment = new NettyEngineEnvironment(group.next(), random);
    }

    /** Starts a loop. For {@code random} see {@link NettyEngineEnvironment}. */
    public static EngineLoop open(RandomGenerator random) {
        DefaultThreadFactory threads = new DefaultThreadFactory("odometer-engine");
        if (Epoll.isAvailable()) {
            return new EngineLoop(
                    new MultiThreadIoEventLoopGroup(1, threads, EpollIoHandler.newFactory()),
                    EpollServerSocketChannel.class,
                    random);
        }
        return new EngineLoop(
                new MultiThreadIoEventLoopGroup(1, threads, NioIoHandler.newFactory()),
                NioServerSocketChannel.class,
                random);
    }

    /** The environment to build the engine with. */
    public NettyEngineEnvironment environment() {
        return environment;
    }

    /** The loop itself. */
    public EventLoop eventLoop() {
        return environment.eventLoop();
    }

    /** The kind of server channel that fits the loop. */
    public Class<? extends ServerChannel> serverChannelType() {
        return serverChannelType;
    }

    /**
     * Stops the loop: runs the tasks that wait, closes channels still open, ends the thread. Waits at most 10 s;
     * idempotent.
     */
    @Override
    public void close() {
        group.shutdownGracefully(0, CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .awaitUninterruptibly(CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }
}
