package dev.odometer.cli.console;

/**
 * What the command's exit codes mean, after BSD's sysexits. Documented in docs/operations.md; they never change
 * their meaning.
 */
public final class ExitCode {
    /** Done. */
    public static final int OK = 0;

    /** The counter is absent, or the server refused the operation: asking again changes nothing. */
    public static final int REFUSED = 1;

    /** The command line is wrong. */
    public static final int USAGE = 2;

    /** Data is damaged: the file to import, or the server's store. */
    public static final int DATA = 65;

    /** The server cannot be reached. */
    public static final int UNAVAILABLE = 69;

    /** A fault of ours, in the client or in the server. */
    public static final int INTERNAL = 70;

    /** A file cannot be read or written; for a server, its disk failed. */
    public static final int IO = 74;

    /**
     * Not now: the server is busy, stopping or full, or the data directory is in use. The same command may succeed
     * later.
     */
    public static final int TRY_AGAIN = 75;

    /** Another server has taken over the store: this one ended. */
    public static final int FENCED = 77;

    /** The configuration is wrong, or does not fit this machine or this data directory. */
    public static final int CONFIG = 78;

    private ExitCode() {}
}
