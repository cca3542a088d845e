package dev.odometer.server.http;

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
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/** Makes event loops that end when they are told to: by default, Netty's go on for two seconds in case more comes. */
final class Loops {
    private Loops() {}

    /** Loops of the transport that Armeria uses for its sockets. */
    static EventLoopGroup make(int threads, String name) {
        TransportType transport = Flags.transportType();
        if (transport == TransportType.EPOLL) {
            return new PromptGroup(threads, name, EpollIoHandler.newFactory());
        }
        return transport == TransportType.NIO
                ? new PromptGroup(threads, name, NioIoHandler.newFactory())
                : EventLoopGroups.newEventLoopGroup(threads, name);
    }

    private static final class PromptGroup extends MultiThreadIoEventLoopGroup {
        PromptGroup(int threads, String name, IoHandlerFactory transport) {
            super(threads, threadFactory(name), transport);
        }

        private static ThreadFactory threadFactory(String name) {
            return ThreadFactories.newEventLoopThreadFactory(name, false);
        }

        @Override
        public Future<?> shutdownGracefully() {
            return shutdownGracefully(0, 2, TimeUnit.SECONDS);
        }
    }
}
