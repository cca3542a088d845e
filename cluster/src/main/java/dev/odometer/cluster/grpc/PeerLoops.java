package dev.odometer.cluster.grpc;

import com.linecorp.armeria.common.Flags;
import com.linecorp.armeria.common.util.EventLoopGroups;
import com.linecorp.armeria.common.util.ThreadFactories;
import com.linecorp.armeria.common.util.TransportType;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Makes the threads that read and write what nodes say to each other; they end when they are told to. */
public final class PeerLoops {
    private PeerLoops() {}

    /** So many threads, of the transport that Armeria uses for its sockets. */
    public static EventLoopGroup make(int threads) {
        return make(threads, "odometer-peers");
    }

    static EventLoopGroup make(int threads, String name) {
        TransportType transport = Flags.transportType();
        if (transport == TransportType.EPOLL) {
            return new PromptGroup(threads, name, EpollIoHandler.newFactory());
        }
        return transport == TransportType.NIO
                ? new PromptGroup(threads, name, NioIoHandler.newFactory())
                : EventLoopGroups.newEventLoopGroup(threads, name);
    }

    /** By default, Netty's loops go on for two seconds in case more comes. */
    private static final class PromptGroup extends MultiThreadIoEventLoopGroup {
        PromptGroup(int threads, String name, IoHandlerFactory transport) {
            super(threads, ThreadFactories.newEventLoopThreadFactory(name, true), transport);
        }

        @Override
        public Future<?> shutdownGracefully() {
            return shutdownGracefully(0, 2, TimeUnit.SECONDS);
        }
    }
}
