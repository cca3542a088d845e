package dev.odometer.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** The guard tells the transport itself to stop: one that reads on by its own takes no notice of held reads. */
class ConnectionGuardTest {
    private static final int MOST_WAITING = 2;

    private final Set<ConnectionGuard> open = ConcurrentHashMap.newKeySet();
    private final ConnectionGuard guard = new ConnectionGuard(MOST_WAITING, 60_000, open);
    private int reads;
    private final EmbeddedChannel channel = new EmbeddedChannel(
            new ChannelOutboundHandlerAdapter() {
                @Override
                public void read(ChannelHandlerContext context) {
                    reads++;
                    context.read();
                }
            },
            guard);

    @Test
    void nothingIsReadWhileTooManyRequestsWait() {
        guard.begun();
        channel.read();
        assertThat(channel.config().isAutoRead()).isTrue();
        guard.begun();
        int before = reads;
        channel.read();
        assertThat(channel.config().isAutoRead()).isFalse();
        assertThat(reads).isEqualTo(before);

        guard.ended();
        assertThat(channel.config().isAutoRead()).isTrue();
        assertThat(reads).isGreaterThan(before);
    }

    @Test
    void nothingIsReadWhileAnswersAreNotTaken() {
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(1, 2));
        channel.write(Unpooled.wrappedBuffer(new byte[100]));
        channel.read();
        assertThat(channel.isWritable()).isFalse();
        assertThat(channel.config().isAutoRead()).isFalse();

        channel.flush();
        channel.runPendingTasks();
        assertThat(channel.isWritable()).isTrue();
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    @Test
    void whoeverTurnedReadingOffHasToTurnItOn() {
        channel.config().setAutoRead(false);
        guard.begun();
        guard.begun();
        channel.read();
        guard.ended();
        assertThat(channel.config().isAutoRead()).isFalse();
    }

    @Test
    void aConnectionThatWasNeverActiveLeavesNothingBehind() {
        assertThat(open).containsExactly(guard);
        channel.pipeline().remove(guard); // as its transport does when it is gone
        assertThat(open).isEmpty();
    }
}
