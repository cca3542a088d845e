package dev.odometer.server.http;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.ClosedSessionException;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ShuttingDownException;
import com.linecorp.armeria.common.annotation.Nullable;
import com.linecorp.armeria.common.stream.CancelledSubscriptionException;
import com.linecorp.armeria.server.HttpStatusException;
import com.linecorp.armeria.server.RequestTimeoutException;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.odometer.engine.Outcome;
import dev.odometer.engine.store.StoreException;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns what goes wrong below and above the routes into problem documents: broken HTTP, bodies too large, timeouts,
 * failures.
 */
final class ProblemHandler implements ServerErrorHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ProblemHandler.class);

    private final HttpMeters meters;

    ProblemHandler(HttpMeters meters) {
        this.meters = meters;
    }

    @Override
    @Nullable
    public HttpResponse onServiceException(ServiceRequestContext context, Throwable thrown) {
        Throwable cause =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (cause instanceof RequestException e) {
            return Replies.problem(e.problem());
        }
        if (cause instanceof RequestTimeoutException) {
            return Replies.problem(timeout(context));
        }
        if (cause instanceof HttpStatusException e) {
            return Replies.problem(byStatus(e.httpStatus(), null));
        }
        if (cause instanceof ContentTooLargeException) {
            return Replies.problem(byStatus(HttpStatus.REQUEST_ENTITY_TOO_LARGE, null));
        }
        boolean stopping = cause instanceof ShuttingDownException;
        if (!stopping && !(cause instanceof StoreException.Unreachable) && !isDisconnection(cause)) {
            LOG.error("{} {} failed", context.method(), context.path(), cause);
        }
        if (EngineAccess.isMarkedWrite(context)) {
            return Replies.problem(new Problem(ProblemType.OUTCOME_UNKNOWN, Outcomes.detail(Outcome.UNKNOWN)));
        }
        if (stopping) {
            return Replies.problem(new Problem(ProblemType.STOPPING, Outcomes.detail(Outcome.STOPPING)));
        }
        if (cause instanceof StoreException.Unreachable) {
            return Replies.problem(new Problem(ProblemType.UNAVAILABLE, Outcomes.detail(Outcome.UNAVAILABLE)));
        }
        return Replies.problem(new Problem(
                ProblemType.INTERNAL_ERROR,
                "The server met a fault of its own; its log has the cause. Nothing was changed."));
    }

    private static boolean isDisconnection(Throwable cause) {
        return cause instanceof ClosedSessionException || cause instanceof CancelledSubscriptionException;
    }

    /** A write whose answer did not come is not refused but unknown: it may be committed yet. */
    private static Problem timeout(ServiceRequestContext context) {
        if (EngineAccess.isMarkedWrite(context)) {
            return new Problem(ProblemType.OUTCOME_UNKNOWN, Outcomes.detail(Outcome.UNKNOWN));
        }
        boolean read = context.method() == HttpMethod.GET || context.method() == HttpMethod.HEAD;
        return read
                ? new Problem(ProblemType.TIMEOUT, "The answer did not come in time. Try again.")
                : new Problem(ProblemType.REQUEST_TIMEOUT, "The body did not arrive in time; nothing was changed.");
    }

    @Override
    @Nullable
    public AggregatedHttpResponse onProtocolViolation(
            ServiceConfig config,
            @Nullable RequestHeaders headers,
            HttpStatus status,
            @Nullable String description,
            @Nullable Throwable cause) {
        meters.refused(status.code());
        return render(byStatus(status, description));
    }

    @Override
    public AggregatedHttpResponse renderStatus(
            @Nullable ServiceRequestContext context,
            ServiceConfig config,
            @Nullable RequestHeaders headers,
            HttpStatus status,
            @Nullable String description,
            @Nullable Throwable cause) {
        return render(byStatus(status, description));
    }

    private static AggregatedHttpResponse render(Problem problem) {
        return AggregatedHttpResponse.of(
                Replies.problemHeaders(problem.type()).build(),
                HttpData.wrap(JsonAnswers.problem(problem)),
                HttpHeaders.of());
    }

    private static Problem byStatus(HttpStatus status, @Nullable String description) {
        String detail = description == null ? status.reasonPhrase() : description;
        ProblemType type = switch (status.code()) {
            case 404 -> ProblemType.NOT_FOUND;
            case 405 -> ProblemType.METHOD_NOT_ALLOWED;
            case 408 -> ProblemType.REQUEST_TIMEOUT;
            case 413 -> ProblemType.BODY_TOO_LARGE;
            case 414 -> ProblemType.URI_TOO_LONG;
            case 417 -> ProblemType.EXPECTATION_FAILED;
            case 431 -> ProblemType.HEADERS_TOO_LARGE;
            case 503 -> ProblemType.UNAVAILABLE;
            default -> status.isServerError() ? ProblemType.INTERNAL_ERROR : ProblemType.INVALID_REQUEST;
        };
        return new Problem(type, Texts.sentence(detail) + " Nothing was changed; GET /v1/limits has the bounds.");
    }
}
