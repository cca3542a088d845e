package dev.odometer.server.http;

/** Stops the reading of a request that cannot be served. Nothing has been changed. Cheap: it has no stack trace. */
final class RequestException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    RequestException(ProblemType type, String detail) {
        this(new Problem(type, detail));
    }

    RequestException(Problem problem) {
        super(problem.detail(), null, false, false);
        this.problem = problem;
    }

    Problem problem() {
        return problem;
    }
}
