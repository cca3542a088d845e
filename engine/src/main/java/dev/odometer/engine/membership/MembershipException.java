package dev.odometer.engine.membership;

/**
 * The root of what memberships throw and fail with. Each message is fit for an operator: what happened, what was kept,
 * what to do.
 */
public class MembershipException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Creates the exception. */
    public MembershipException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Creates the exception. */
    public MembershipException(String message) {
        super(message);
    }
}
