package dev.odometer.server.http;

import dev.odometer.engine.Outcome;

/** What HTTP makes of the engine's outcomes. The one place for it; docs/api.md has the same table. */
final class Outcomes {
    private Outcomes() {}

    /** The status of an answer with this outcome. */
    static int status(Outcome outcome) {
        return switch (outcome) {
            case VALUE -> 200;
            case DELETED -> 204;
            default -> problemType(outcome).status();
        };
    }

    /** The problem that an outcome is. Not for those that are none. */
    static ProblemType problemType(Outcome outcome) {
        return switch (outcome) {
            case ABSENT -> ProblemType.COUNTER_ABSENT;
            case OVERFLOW -> ProblemType.OVERFLOW;
            case CONFLICT -> ProblemType.IDENTITY_REUSED;
            case EXPIRED -> ProblemType.IDENTITY_EXPIRED;
            case OUT_OF_SEQUENCE -> ProblemType.OUT_OF_SEQUENCE;
            case WINDOW_FULL -> ProblemType.WINDOW_FULL;
            case BUSY -> ProblemType.BUSY;
            case UNAVAILABLE -> ProblemType.UNAVAILABLE;
            case STOPPING -> ProblemType.STOPPING;
            case UNKNOWN -> ProblemType.OUTCOME_UNKNOWN;
            case VALUE, DELETED, NOT_APPLIED -> throw new IllegalArgumentException(outcome + " is no problem here");
        };
    }

    /** What to tell a client about an outcome that is a problem. */
    static String detail(Outcome outcome) {
        return switch (outcome) {
            case ABSENT -> "The counter does not exist. An add or a set creates it.";
            case OVERFLOW -> "The sum would leave the range of signed 64-bit numbers; the counter is unchanged.";
            case CONFLICT ->
                "The same idempotency key, request id or sequence came before with another payload or counter;"
                        + " nothing was changed. Use a new one for each operation.";
            case EXPIRED ->
                "The time in the idempotency key is outside the window, so whether it was used before is not known;"
                        + " nothing was changed. Read the counter, then decide; see /v1/limits for the window.";
            case OUT_OF_SEQUENCE -> "The session's next batch has another number; nothing was changed.";
            case WINDOW_FULL ->
                "No more idempotency keys can be remembered until older ones expire; nothing was changed."
                        + " Try again later.";
            case BUSY -> "Too many operations wait for their commit; nothing was changed. Try again soon.";
            case UNAVAILABLE -> "The store cannot be written or read now; nothing was changed. Try again.";
            case STOPPING -> "The server is stopping; nothing was changed. Try again on another connection.";
            case UNKNOWN ->
                "The operation may or may not have been counted: its commit was never answered. Sending it again"
                        + " with the same Idempotency-Key settles it; without one it may count twice.";
            case VALUE, DELETED, NOT_APPLIED -> "";
        };
    }
}
