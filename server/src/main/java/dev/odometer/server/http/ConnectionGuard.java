package dev.odometer.server.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.AttributeKey;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Bounds what one connection can make the server hold: while too many of its requests wait for their answers, or
 * while it does not take the answers that were written, nothing more is read from it; and if it takes none for long,
 * it is closed. Only the channel's event loop touches it, unless a method says otherwise.
 */
final class ConnectionGuard extends ChannelDuplexHandler {
    private static final AttributeKey<ConnectionGuard> GUARD = AttributeKey.valueOf(ConnectionGuard.class, "guard");

    private final int maxWaiting;
    private final long patienceMillis;
    private final Set<ConnectionGuard> open;
    private int waiting;
    private boolean readWanted;
    private boolean paused;
    private volatile @Nullable ChannelHandlerContext context;
    private @Nullable Future<?> watch;

    /**
     * @param maxWaiting how many requests may wait for their answers
     * @param patienceMillis how long the client may leave full buffers untouched
     * @param open where the guard is, while its connection is open; to be used by several threads
     */
    ConnectionGuard(int maxWaiting, long patienceMillis, Set<ConnectionGuard> open) {
        this.open = open;
        this.maxWaiting = maxWaiting;
        this.patienceMillis = patienceMillis;
    }

    /** The guard of a channel; null where it has none. */
    static @Nullable ConnectionGuard of(Channel channel) {
        return channel.attr(GUARD).get();
    }

    /** A request of this connection has begun to be served. */
    void begun() {
        waiting++;
    }

    /** A request of this connection has been answered, and the answer written. */
    void ended() {
        waiting--;
        resume();
    }

    /** Closes the connection if nothing waits for an answer on it. Any thread may call it. */
    void closeIfIdle() {
        ChannelHandlerContext guarded = context;
        if (guarded != null) {
            EngineAccess.back(guarded.channel().eventLoop(), () -> {
                if (waiting == 0) {
                    giveUp(guarded);
                }
            });
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        added.channel().attr(GUARD).set(this);
        open.add(this);
    }

    @Override
    public void read(ChannelHandlerContext reading) {
        if (mayRead(reading)) {
            reading.read();
        } else {
            readWanted = true;
            pause(reading.channel().config());
        }
    }

    /** Netty's transports go on reading by themselves, without a call of {@link #read}, unless this is off. */
    private void pause(ChannelConfig config) {
        if (config.isAutoRead()) {
            paused = true;
            config.setAutoRead(false);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext changed) throws Exception {
        if (changed.channel().isWritable()) {
            stopWatch();
            resume();
        } else if (watch == null) {
            watch = changed.executor().schedule(() -> giveUp(changed), patienceMillis, TimeUnit.MILLISECONDS);
        }
        super.channelWritabilityChanged(changed);
    }

    @Override
    public void channelInactive(ChannelHandlerContext inactive) throws Exception {
        stopWatch();
        open.remove(this);
        super.channelInactive(inactive);
    }

    /** A connection that breaks off before it was ever active gets no {@link #channelInactive}, but this. */
    @Override
    public void handlerRemoved(ChannelHandlerContext removed) {
        stopWatch();
        open.remove(this);
    }

    private static void giveUp(ChannelHandlerContext guarded) {
        ChannelFuture unused = guarded.close();
    }

    private void stopWatch() {
        if (watch != null) {
            boolean unused = watch.cancel(false);
            watch = null;
        }
    }

    private void resume() {
        ChannelHandlerContext reading = context;
        if (readWanted && reading != null && mayRead(reading)) {
            readWanted = false;
            if (paused) {
                paused = false;
                reading.channel().config().setAutoRead(true); // this reads too
            } else {
                reading.read();
            }
        }
    }

    private boolean mayRead(ChannelHandlerContext reading) {
        return waiting < maxWaiting && reading.channel().isWritable();
    }
}
