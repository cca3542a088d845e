package dev.odometer.engine;

import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Unwraps what stages fail with. */
final class Failures {
    private Failures() {}

    static @Nullable Throwable cause(@Nullable Throwable error) {
        return error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    }
}
