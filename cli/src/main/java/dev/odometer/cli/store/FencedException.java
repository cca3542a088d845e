package dev.odometer.cli.store;

/** Another server has taken over a shard of a store that this one was to serve alone. */
public final class FencedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FencedException(String message) {
        super(message);
    }
}
