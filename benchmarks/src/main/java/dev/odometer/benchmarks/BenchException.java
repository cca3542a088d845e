package dev.odometer.benchmarks;

/** A benchmark that cannot run. The message says why, and what to do where that is known. */
final class BenchException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BenchException(String message) {
        super(message);
    }

    BenchException(String message, Throwable cause) {
        super(message, cause);
    }
}
