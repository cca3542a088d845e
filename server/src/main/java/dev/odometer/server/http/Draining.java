package dev.odometer.server.http;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.netty.util.AsciiString;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether the server drains, and the request to do so. Thread-safe. */
final class Draining {
    private static final Logger LOG = LoggerFactory.getLogger(Draining.class);
    /** What balancers and proxies add: who is behind them may be anybody, although they are on this machine. */
    private static final List<AsciiString> PASSED_ON =
            List.of(HttpHeaderNames.FORWARDED, HttpHeaderNames.X_FORWARDED_FOR, HttpHeaderNames.VIA);

    private final String node;
    private volatile boolean started;
    private volatile @Nullable Runnable action;

    Draining(String node) {
        this.node = node;
    }

    /** From now on the server is not ready, and HTTP/1 connections are closed with their next answer. */
    void start() {
        started = true;
    }

    boolean isStarted() {
        return started;
    }

    /** What to run where a drain is asked for. */
    void onAsked(Runnable what) {
        action = what;
    }

    /** Tells the client that this connection ends with its answer, so that none is closed under a request. */
    void mark(ServiceRequestContext context) {
        if (started) {
            context.mutateAdditionalResponseHeaders(headers -> headers.set(HttpHeaderNames.CONNECTION, "close"));
        }
    }

    /** Takes the request to drain: from this machine only, since it ends the process. */
    HttpResponse ask(ServiceRequestContext context, AggregatedHttpRequest request) {
        boolean passedOn = PASSED_ON.stream().anyMatch(request.headers()::contains);
        if (passedOn || !isLocal(context)) {
            throw new RequestException(
                    ProblemType.NOT_LOCAL,
                    "Draining ends the node, so only its own machine may ask for it, directly: run 'odometer node"
                            + " drain' there, or send SIGTERM.");
        }
        Runnable drain = action;
        if (drain == null) {
            throw new RequestException(ProblemType.NOT_READY, "The server is still starting; nothing was changed.");
        }
        LOG.info("asked over HTTP to drain");
        drain.run();
        return Replies.accepted(JsonAnswers.object(Map.of("node", node, "status", "draining")));
    }

    private static boolean isLocal(ServiceRequestContext context) {
        InetSocketAddress remote = context.remoteAddress();
        InetSocketAddress local = context.localAddress();
        InetAddress from = remote.getAddress();
        return from.isLoopbackAddress() || from.equals(local.getAddress());
    }
}
