package dev.odometer.cli.store;

import dev.odometer.cli.console.CommandException;
import dev.odometer.cli.console.ExitCode;
import dev.odometer.engine.store.StoreException;

/** What a store's failures mean as exit codes. */
public final class StoreFailures {
    private StoreFailures() {}

    /** The exit code of a store's failure. */
    public static int exitCode(Throwable failure) {
        if (failure instanceof StoreException.Damaged) {
            return ExitCode.DATA;
        }
        if (failure instanceof StoreException.Incompatible) {
            return ExitCode.CONFIG;
        }
        if (failure instanceof FencedException) {
            return ExitCode.FENCED;
        }
        return failure instanceof StoreException.Locked ? ExitCode.TRY_AGAIN : ExitCode.IO;
    }

    /** Runs something that talks to a store, its failures explained to the operator. */
    static void explained(Runnable task) {
        try {
            task.run();
        } catch (StoreException e) {
            throw new CommandException(exitCode(e), String.valueOf(e.getMessage()), e);
        }
    }
}
