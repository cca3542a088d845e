package dev.odometer.engine.model;

/**
 * Says that bytes or text cannot be a counter's key, and why. Nothing has been changed; the same input will always be
 * refused.
 */
public final class InvalidKeyException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** Creates the exception; the message is fit to be shown to a client. */
    public InvalidKeyException(String message) {
        super(message);
    }
}
