package dev.odometer.cli.console;

import org.jspecify.annotations.Nullable;

/**
 * Ends a command with a message for its user and an exit code. The message says what happened, what was kept and
 * what to do.
 */
public final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitCode;
    private final String text;

    /** Creates the exception; see {@link ExitCode}. */
    public CommandException(int exitCode, String message) {
        this(exitCode, message, null);
    }

    /** Creates the exception; the cause is shown only where debugging is on. */
    public CommandException(int exitCode, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
        this.text = message;
    }

    /** The message. */
    public String text() {
        return text;
    }

    /** See {@link ExitCode}. */
    public int exitCode() {
        return exitCode;
    }
}
