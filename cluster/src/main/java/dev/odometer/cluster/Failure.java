package dev.odometer.cluster;

import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Turns what a stage failed with into a {@link PeerException}. */
final class Failure {
    private Failure() {}

    static PeerException of(@Nullable Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        return cause instanceof PeerException failure
                ? failure
                : new PeerException(PeerException.Kind.NO_ANSWER, "the call failed", cause);
    }
}
