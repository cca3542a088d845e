package dev.odometer.server.redis;

import dev.odometer.engine.Engine;
import dev.odometer.server.loop.EngineLoop;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Serves the Redis protocol, RESP2 and RESP3, on the engine's own loop. Replies to writes are sent after their commit;
 * a connection's replies come in the order of its commands.
 *
 * <p>Thread-safe: callable from any thread. Starts once.
 */
public final class RedisServer {
    private static final int BACKLOG = 1_024;
    private static final int RECEIVE_BYTES_MIN = 1_024;
    private static final int RECEIVE_BYTES_FIRST = 8 * 1_024;
    private static final int RECEIVE_BYTES_MAX = 64 * 1_024;
    private static final WriteBufferWaterMark UNSENT_BYTES = new WriteBufferWaterMark(32 * 1_024, 128 * 1_024);
    private static final long SWEEP_MILLIS_MAX = 1_000;

    private final EngineLoop loop;
    private final RedisState state;
    /** Only the loop's thread. */
    private @Nullable Channel listener;

    private @Nullable ScheduledFuture<?> sweep;

    /**
     * A server that does not listen yet, for the engine that runs on {@code loop}. Registers its meters with {@code
     * meters}.
     */
    public RedisServer(RedisConfig config, Engine engine, EngineLoop loop, MeterRegistry meters) {
        CommandTable commands = Commands.table();
        this.loop = loop;
        this.state = new RedisState(
                config, engine, loop.environment(), new RedisMetrics(commands.names(), meters), commands);
    }

    /**
     * Listens; completes with the port, which is another than the given one where that is 0. Fails with a {@link
     * java.net.BindException} where the address is taken or not ours.
     */
    public CompletionStage<Integer> start(String bind, int port) {
        CompletableFuture<Integer> started = new CompletableFuture<>();
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loop.eventLoop())
                .channel(loop.serverChannelType())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, UNSENT_BYTES)
                .childOption(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new AdaptiveRecvByteBufAllocator(RECEIVE_BYTES_MIN, RECEIVE_BYTES_FIRST, RECEIVE_BYTES_MAX)
                                .maxMessagesPerRead(1))
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel);
                    }
                });
        bootstrap.bind(bind, port).addListener((ChannelFuture bound) -> {
            if (!bound.isSuccess()) {
                started.completeExceptionally(bindException(bound.cause()));
                return;
            }
            listener = bound.channel();
            state.port = ((InetSocketAddress) bound.channel().localAddress()).getPort();
            sweep = scheduleSweep();
            started.complete(state.port);
        });
        return started;
    }

    /** The native transport has an exception of its own for the same fault. */
    private static Throwable bindException(Throwable cause) {
        if (cause instanceof IOException && !(cause instanceof BindException)) {
            BindException same = new BindException(cause.getMessage());
            same.initCause(cause);
            return same;
        }
        return cause;
    }

    private void accept(Channel channel) {
        if (state.connections.size() >= state.limits().maxConnections()) {
            state.metrics.turnedAway();
            channel.writeAndFlush(Unpooled.wrappedBuffer(Errors.TOO_MANY_CLIENTS))
                    .addListener(ChannelFutureListener.CLOSE);
            return;
        }
        state.metrics.accepted();
        ClientInfo info = new ClientInfo(
                state.nextConnectionId(),
                text(channel.remoteAddress()),
                text(channel.localAddress()),
                state.config.password() != null,
                state.environment.nanos());
        channel.pipeline().addLast(new RedisConnection(state, info));
    }

    private static String text(@Nullable SocketAddress address) {
        if (address instanceof InetSocketAddress inet && inet.getAddress() != null) {
            return inet.getAddress().getHostAddress() + ":" + inet.getPort();
        }
        return "?";
    }

    private ScheduledFuture<?> scheduleSweep() {
        RedisLimits limits = state.limits();
        long shortest = limits.idleMillis() > 0
                ? Math.min(limits.idleMillis(), limits.stalledOutputMillis())
                : limits.stalledOutputMillis();
        long every = Math.max(1, Math.min(SWEEP_MILLIS_MAX, shortest / 2));
        return loop.eventLoop().scheduleAtFixedRate(state::sweep, every, every, TimeUnit.MILLISECONDS);
    }

    /**
     * Stops listening and reading, answers what was accepted, then closes the connections. Completes when all are
     * closed, at the latest after {@link RedisLimits#closeMillis()}. The engine must still run: drain it afterwards.
     * Idempotent.
     */
    public CompletionStage<Void> close() {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        loop.eventLoop().execute(() -> {
            if (listener != null) {
                var unusedClose = listener.close();
            }
            new ArrayList<>(state.connections.values()).forEach(RedisConnection::close);
            ScheduledFuture<?> deadline = loop.eventLoop()
                    .schedule(
                            () -> new ArrayList<>(state.connections.values()).forEach(RedisConnection::cut),
                            state.limits().closeMillis(),
                            TimeUnit.MILLISECONDS);
            state.whenNoConnection(() -> {
                deadline.cancel(false);
                if (sweep != null) {
                    sweep.cancel(false);
                }
                closed.complete(null);
            });
        });
        return closed;
    }
}
