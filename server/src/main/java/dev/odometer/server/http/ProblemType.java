package dev.odometer.server.http;

import java.util.Locale;

/** The kinds of problem documents (RFC 9457). Their URIs are part of the API: docs/api.md has one entry for each. */
enum ProblemType {
    INVALID_REQUEST(400, "The request is malformed"),
    INVALID_KEY(400, "The key is not allowed"),
    INVALID_BODY(400, "The body is not what is expected here"),
    INVALID_PARAMETER(400, "A query parameter is not allowed"),
    INVALID_IDENTITY(400, "The identity of the request is not allowed"),
    CROSS_ORIGIN(403, "Pages of other origins may not write"),
    NOT_LOCAL(403, "Only the node's own machine may ask for this"),
    COUNTER_ABSENT(404, "The counter does not exist"),
    NOT_FOUND(404, "There is nothing at this path"),
    METHOD_NOT_ALLOWED(405, "The method is not allowed at this path"),
    REQUEST_TIMEOUT(408, "The request did not arrive in time"),
    OUT_OF_SEQUENCE(409, "The session expects another sequence number"),
    OVERFLOW(409, "The sum would leave 64 bits"),
    BODY_TOO_LARGE(413, "The body is too large"),
    URI_TOO_LONG(414, "The request line is too long"),
    UNSUPPORTED_MEDIA_TYPE(415, "The body's type or encoding is not supported"),
    EXPECTATION_FAILED(417, "The expectation is not supported"),
    IDENTITY_REUSED(422, "The idempotency key was used before for something else"),
    IDENTITY_EXPIRED(422, "The idempotency key is too old to judge"),
    WINDOW_FULL(429, "The memory for idempotency keys is full"),
    HEADERS_TOO_LARGE(431, "The header fields are too large"),
    INTERNAL_ERROR(500, "The server failed"),
    BUSY(503, "Too many operations wait already"),
    UNAVAILABLE(503, "The store cannot take or give this now"),
    STOPPING(503, "The server is stopping"),
    NOT_READY(503, "The server is not ready"),
    TIMEOUT(503, "The answer took too long"),
    OUTCOME_UNKNOWN(503, "The outcome is unknown"),
    BATCH_INCOMPLETE(503, "Some operations of the batch are undecided");

    private final int status;
    private final String title;
    private final String uri;

    ProblemType(int status, String title) {
        this.status = status;
        this.title = title;
        this.uri = "/problems/" + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    int status() {
        return status;
    }

    String title() {
        return title;
    }

    /** A relative URI that names the type. */
    String uri() {
        return uri;
    }

    /** After how many seconds the same request is worth another try; 0 where it is not, as it stands. */
    int retryAfterSeconds() {
        return switch (this) {
            case WINDOW_FULL -> 5;
            case BUSY, UNAVAILABLE, STOPPING, NOT_READY, TIMEOUT, OUTCOME_UNKNOWN, BATCH_INCOMPLETE -> 1;
            default -> 0;
        };
    }
}
