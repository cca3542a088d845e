package dev.odometer.server.http;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import dev.odometer.engine.Answer;
import dev.odometer.engine.BatchAnswer;
import dev.odometer.engine.Outcome;
import dev.odometer.engine.model.Operation;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.Map;

/** Makes HTTP responses. Every one forbids caches to keep it and browsers to guess its type. */
final class Replies {
    private static final AsciiString REPLAYED = HttpHeaderNames.of("idempotent-replayed");
    private static final MediaType PROBLEM = MediaType.parse("application/problem+json");
    private static final ResponseHeaders OK = headers(200, MediaType.JSON).build();
    private static final ResponseHeaders OK_REPLAYED =
            headers(200, MediaType.JSON).add(REPLAYED, "true").build();

    private Replies() {}

    /** A success with a JSON body. */
    static HttpResponse json(byte[] body) {
        return HttpResponse.of(OK, HttpData.wrap(body));
    }

    /** A request that was taken and will be done. */
    static HttpResponse accepted(byte[] body) {
        return HttpResponse.of(headers(202, MediaType.JSON).build(), HttpData.wrap(body));
    }

    /** A success with a body of any type. */
    static HttpResponse content(MediaType type, byte[] body) {
        return HttpResponse.of(headers(200, type).build(), HttpData.wrap(body));
    }

    /** The answer to one operation on the counter {@code key}. */
    static HttpResponse operation(byte[] key, Outcome outcome, long value, boolean replayed) {
        if (outcome == Outcome.VALUE) {
            return HttpResponse.of(replayed ? OK_REPLAYED : OK, HttpData.wrap(JsonAnswers.counter(key, value)));
        }
        if (outcome == Outcome.DELETED) {
            ResponseHeadersBuilder headers =
                    ResponseHeaders.builder(HttpStatus.NO_CONTENT).add(HttpHeaderNames.CACHE_CONTROL, "no-store");
            return HttpResponse.of((replayed ? headers.add(REPLAYED, "true") : headers).build());
        }
        Problem problem = new Problem(Outcomes.problemType(outcome), Outcomes.detail(outcome));
        return problem(problem.type(), JsonAnswers.problem(problem), replayed);
    }

    /**
     * The answer to a batch.
     *
     * @param identified whether it came with an identity, so that sending it again completes it
     */
    static HttpResponse batch(List<Operation> operations, BatchAnswer answer, boolean identified) {
        if (answer.refusal() != Outcome.VALUE) {
            return problem(refusal(answer, identified));
        }
        if (answer.answers().stream().map(Answer::outcome).allMatch(Outcome::isDecided)) {
            byte[] body = JsonAnswers.batch(operations, answer.answers());
            return HttpResponse.of(answer.replayed() ? OK_REPLAYED : OK, HttpData.wrap(body));
        }
        Problem problem = new Problem(
                ProblemType.BATCH_INCOMPLETE,
                "Some operations took effect and some did not, or may have; each has its answer. Without an"
                        + " identity the batch cannot be sent again as a whole: the rest would count twice.");
        return problem(problem.type(), JsonAnswers.problem(problem, operations, answer.answers()), false);
    }

    private static Problem refusal(BatchAnswer answer, boolean identified) {
        ProblemType type = Outcomes.problemType(answer.refusal());
        return switch (answer.refusal()) {
            case OUT_OF_SEQUENCE ->
                new Problem(
                        type, Outcomes.detail(answer.refusal()), Map.of("expectedSequence", answer.expectedSequence()));
            case BUSY, UNAVAILABLE, UNKNOWN ->
                identified
                        ? new Problem(
                                type,
                                "The batch is not complete: parts of it may have taken effect. Sending the same batch"
                                        + " again with the same identity completes it and counts nothing twice.")
                        : new Problem(type, Outcomes.detail(answer.refusal()));
            default -> new Problem(type, Outcomes.detail(answer.refusal()));
        };
    }

    /** A problem document. */
    static HttpResponse problem(Problem problem) {
        return problem(problem.type(), JsonAnswers.problem(problem), false);
    }

    /** The refusal of a method. */
    static HttpResponse methodNotAllowed(Route route) {
        Problem problem = new Problem(ProblemType.METHOD_NOT_ALLOWED, "Allowed here: " + route.allow() + ".", Map.of());
        ResponseHeaders headers = problemHeaders(problem.type())
                .add(HttpHeaderNames.ALLOW, route.allow())
                .build();
        return HttpResponse.of(headers, HttpData.wrap(JsonAnswers.problem(problem)));
    }

    private static HttpResponse problem(ProblemType type, byte[] body, boolean replayed) {
        ResponseHeadersBuilder headers = problemHeaders(type);
        return HttpResponse.of((replayed ? headers.add(REPLAYED, "true") : headers).build(), HttpData.wrap(body));
    }

    /** The headers of a problem document. */
    static ResponseHeadersBuilder problemHeaders(ProblemType type) {
        ResponseHeadersBuilder headers = headers(type.status(), PROBLEM);
        if (type.retryAfterSeconds() > 0) {
            headers.addInt(HttpHeaderNames.RETRY_AFTER, type.retryAfterSeconds());
        }
        if (type == ProblemType.STOPPING) {
            headers.add(HttpHeaderNames.CONNECTION, "close");
        }
        return headers;
    }

    private static ResponseHeadersBuilder headers(int status, MediaType type) {
        return ResponseHeaders.builder(HttpStatus.valueOf(status))
                .contentType(type)
                .add(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .add(HttpHeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff");
    }
}
