package dev.odometer.server.http;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.ExchangeType;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.RoutingContext;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.odometer.engine.Outcome;
import dev.odometer.engine.model.Identity;
import io.netty.channel.Channel;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Takes every request, finds its {@link Route} and serves it. Routing is our own because Armeria normalises paths
 * before it routes, and a counter's key must arrive as it was sent.
 */
final class HttpRoutes implements HttpService {
    private static final AsciiString ORIGIN = HttpHeaderNames.of("origin");

    private final EngineAccess access;
    private final HttpMeters meters;
    private final Operations operations;
    private final Pages pages;
    private final Draining draining;
    private volatile boolean stopping;

    HttpRoutes(EngineAccess access, HttpMeters meters, Pages pages, Draining draining) {
        this.access = access;
        this.meters = meters;
        this.operations = new Operations(access);
        this.pages = pages;
        this.draining = draining;
    }

    /** From now on every new operation is refused, and its connection closed with the answer. */
    void stopTaking() {
        stopping = true;
    }

    @Override
    public ExchangeType exchangeType(RoutingContext routingContext) {
        return ExchangeType.UNARY;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
        ConnectionGuard guard = guard(context);
        CompletableFuture<AggregatedHttpRequest> whole = request.aggregate();
        Target target;
        try {
            target = Target.parse(context.rawPath());
        } catch (RequestException e) {
            watch(context, guard, "none");
            // The body is read all the same, so that the connection can go on.
            return HttpResponse.of(whole.thenApply(ignored -> Replies.problem(e.problem())));
        }
        watch(context, guard, target.route().template());
        if (whole.isDone() && !whole.isCompletedExceptionally()) {
            return answer(context, target, whole.join());
        }
        return HttpResponse.of(whole.thenApply(aggregated -> answer(context, target, aggregated)));
    }

    private static @Nullable ConnectionGuard guard(ServiceRequestContext context) {
        Channel channel = context.log().partial().channel();
        ConnectionGuard guard = channel == null ? null : ConnectionGuard.of(channel);
        if (guard != null) {
            guard.begun();
        }
        return guard;
    }

    private void watch(ServiceRequestContext context, @Nullable ConnectionGuard guard, String route) {
        CompletableFuture<Void> unused = context.log().whenComplete().thenAccept(log -> {
            if (guard != null) {
                guard.ended();
            }
            meters.answered(route, log);
        });
    }

    private HttpResponse answer(ServiceRequestContext context, Target target, AggregatedHttpRequest request) {
        draining.mark(context);
        try {
            Route route = target.route();
            if (!route.allows(request.method())) {
                return Replies.methodNotAllowed(route);
            }
            if (stopping && route.isOperation()) {
                return Replies.operation(target.key(), Outcome.STOPPING, 0, false);
            }
            if (request.method() == HttpMethod.GET || request.method() == HttpMethod.HEAD) {
                if (!request.content().isEmpty()) {
                    throw new RequestException(ProblemType.INVALID_BODY, "A GET takes no body.");
                }
                return read(context, target);
            }
            refuseOtherOrigins(request.headers());
            Queries.none(target.query());
            return write(context, target, request);
        } catch (RequestException e) {
            return Replies.problem(e.problem());
        }
    }

    private HttpResponse read(ServiceRequestContext context, Target target) {
        if (target.route() == Route.LIST) {
            return operations.list(context, Queries.listing(target.query()));
        }
        if (target.route() == Route.COUNTER) {
            boolean linearizable = Queries.linearizable(target.query());
            SingleCall.Kind kind = linearizable ? SingleCall.Kind.GET_LINEARIZABLE : SingleCall.Kind.GET;
            return single(context, kind, target, 0, null);
        }
        Queries.none(target.query());
        return switch (target.route()) {
            case CLUSTER -> pages.cluster(context);
            case LIMITS -> Replies.json(pages.limits());
            case OPENAPI -> Replies.content(Pages.YAML, pages.openApi());
            case HEALTH -> Replies.json("{\"status\":\"up\"}".getBytes(StandardCharsets.US_ASCII));
            case READY -> pages.ready(context);
            case METRICS -> pages.metrics(context);
            case ROOT -> Replies.json(pages.root());
            default -> throw new IllegalStateException(target.route() + " is not read");
        };
    }

    private HttpResponse write(ServiceRequestContext context, Target target, AggregatedHttpRequest request) {
        String body = body(request);
        return switch (target.route()) {
            case ADD -> {
                long delta = body.isEmpty() ? 1 : JsonRequests.delta(body);
                yield single(context, SingleCall.Kind.ADD, target, delta, Identities.of(request.headers()));
            }
            case COUNTER -> {
                if (request.method() == HttpMethod.PUT) {
                    long value = JsonRequests.value(body);
                    yield single(context, SingleCall.Kind.SET, target, value, Identities.of(request.headers()));
                }
                if (!body.isEmpty()) {
                    throw new RequestException(ProblemType.INVALID_BODY, "A DELETE takes no body.");
                }
                yield single(context, SingleCall.Kind.DELETE, target, 0, Identities.of(request.headers()));
            }
            case DRAIN -> {
                if (!body.isEmpty()) {
                    throw new RequestException(ProblemType.INVALID_BODY, "This takes no body.");
                }
                yield draining.ask(context, request);
            }
            case BATCH -> operations.batch(context, JsonRequests.batch(body), request.headers());
            default -> throw new IllegalStateException(target.route() + " is not written");
        };
    }

    private HttpResponse single(
            ServiceRequestContext context,
            SingleCall.Kind kind,
            Target target,
            long number,
            @Nullable Identity identity) {
        if (kind != SingleCall.Kind.GET && kind != SingleCall.Kind.GET_LINEARIZABLE) {
            EngineAccess.markWrite(context);
        }
        return new SingleCall(access, context, kind, target.key(), number, identity).start();
    }

    /** The body as text, where its type and encoding are what we read. */
    private static String body(AggregatedHttpRequest request) {
        if (request.headers().contains(HttpHeaderNames.CONTENT_ENCODING)) {
            throw new RequestException(
                    ProblemType.UNSUPPORTED_MEDIA_TYPE,
                    "Bodies are not decompressed: send it without Content-Encoding.");
        }
        if (request.content().isEmpty()) {
            return "";
        }
        if (request.headers().contains(HttpHeaderNames.CONTENT_TYPE) && !isJson(request.contentType())) {
            throw new RequestException(
                    ProblemType.UNSUPPORTED_MEDIA_TYPE,
                    "The body must be application/json, in UTF-8; with curl, send it by --json.");
        }
        return Texts.body(request.content());
    }

    private static boolean isJson(@Nullable MediaType type) {
        return type != null
                && type.type().equals("application")
                && type.subtype().equals("json")
                && type.parameters().entrySet().stream().allMatch(HttpRoutes::isUtf8);
    }

    private static boolean isUtf8(Map.Entry<String, List<String>> parameter) {
        return parameter.getKey().equals("charset")
                && parameter.getValue().stream().allMatch("utf-8"::equalsIgnoreCase);
    }

    /**
     * A browser says from which origin a write comes. Other pages must not count here behind their visitors'
     * backs.
     */
    private static void refuseOtherOrigins(RequestHeaders headers) {
        String origin = headers.get(ORIGIN);
        if (origin == null) {
            return;
        }
        int host = origin.indexOf("://");
        if (host < 0 || !origin.substring(host + 3).equalsIgnoreCase(headers.authority())) {
            throw new RequestException(
                    ProblemType.CROSS_ORIGIN, "The Origin header names another site; nothing was changed.");
        }
    }
}
