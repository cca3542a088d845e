package dev.odometer.server.redis;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The sending side of a connection, and its end: ready replies go out in pieces while the channel takes them; what the
 * client does not read stays in the ring, where it is small.
 *
 * <p>Used by the loop's thread only.
 */
final class ReplyOutput {
    /** How long a connection that was ended is still read, so that the client sees the last replies and no reset. */
    private static final long LINGER_NANOS = 1_000_000_000;

    private final RedisState state;
    private final ReplyRing ring;
    private @Nullable ChannelHandlerContext context;

    private boolean writable = true;
    private boolean reading = true;
    private boolean inputEnded;
    private boolean finishing;
    private long stalledSinceNanos;
    /** Stalled when too many others were. */
    private boolean overBound;

    private long lingersSinceNanos;
    private boolean lingers;

    ReplyOutput(RedisState state, ReplyRing ring) {
        this.state = state;
        this.ring = ring;
    }

    void start(ChannelHandlerContext ctx) {
        context = ctx;
    }

    private ChannelHandlerContext context() {
        return Objects.requireNonNull(context, "not active yet");
    }

    /** Whether this connection's bounds allow another command. */
    boolean hasRoom() {
        RedisLimits limits = state.limits();
        return writable
                && ring.size() < limits.maxUnansweredPerConnection()
                && ring.heldBytes() < limits.maxReplyBytes();
    }

    /** Reads the client's input, or lets the network hold it back. */
    void readOn(boolean wanted) {
        if (wanted != reading && !finishing) {
            reading = wanted;
            context().channel().config().setAutoRead(wanted);
        }
    }

    /** Sends ready replies, in order, while the channel takes them. */
    void send() {
        ChannelHandlerContext ctx = context();
        boolean wrote = false;
        while (writable && ring.headIsReady()) {
            byte[] chunk = state.output;
            int length = ring.take(chunk, 0);
            ByteBuf replies = length > 0
                    ? ctx.alloc().directBuffer(length).writeBytes(chunk, 0, length)
                    : Unpooled.wrappedBuffer(ring.takeBytes());
            var unused = ctx.write(replies, ctx.voidPromise());
            wrote = true;
        }
        if (wrote) {
            ctx.flush();
        }
    }

    /** Notes whether the channel takes more; true where it does again. */
    boolean writabilityChanged() {
        boolean now = context().channel().isWritable();
        if (now != writable) {
            writable = now;
            if (now) {
                state.stallsNoMore();
            } else {
                stalledSinceNanos = state.environment.nanos();
                overBound = !state.stalls();
            }
        }
        return writable;
    }

    /** Notes that the channel is closed. */
    void ended() {
        if (!writable) {
            writable = true;
            state.stallsNoMore();
        }
    }

    boolean hasStalled(long nowNanos, long limitNanos) {
        return !writable && (overBound || nowNanos - stalledSinceNanos > limitNanos);
    }

    /** The client has sent its last byte; it may still read. */
    void inputHasEnded() {
        inputEnded = true;
        if (lingers) {
            cut();
        }
    }

    boolean inputEnded() {
        return inputEnded;
    }

    /** Ends the connection when all that was written is sent. */
    void finish() {
        if (finishing) {
            return;
        }
        finishing = true;
        ChannelHandlerContext ctx = context();
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> {
            if (!inputEnded && ctx.channel() instanceof DuplexChannel duplex) {
                // Closed with input unread, the kernel would reset the connection and the last replies might be lost.
                lingers = true;
                lingersSinceNanos = state.environment.nanos();
                var unused = duplex.shutdownOutput();
                ctx.channel().config().setAutoRead(true);
            } else {
                var unused = ctx.close();
            }
        });
    }

    boolean hasLingered(long nowNanos) {
        return lingers && nowNanos - lingersSinceNanos > LINGER_NANOS;
    }

    void cut() {
        if (context != null) {
            var unused = context.close();
        }
    }
}
