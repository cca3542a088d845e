package dev.odometer.engine;

/**
 * Takes answers. Called on the engine's executor, also before the submitting call returns; must neither block nor
 * throw.
 */
@FunctionalInterface
public interface AnswerSink {
    /**
     * The operation that was submitted with {@code token} is answered; see {@link Answer} for the rest. Successful
     * writes are committed
     * when this is called.
     */
    void answered(long token, Outcome outcome, long value, boolean replayed);
}
