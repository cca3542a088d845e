package dev.odometer.cli.serve;

import dev.odometer.cli.config.Setting;
import dev.odometer.cli.config.Settings;
import dev.odometer.cli.console.CommandException;
import dev.odometer.cli.console.ExitCode;
import dev.odometer.cli.store.StoreFailures;
import dev.odometer.engine.membership.MembershipException;
import dev.odometer.engine.membership.NameTakenException;
import dev.odometer.engine.store.StoreException;
import dev.odometer.server.StartException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Turns what stopped a start into a message for the operator and an exit code. */
final class StartFailures {
    private StartFailures() {}

    /** The same failure, explained; a failure of an unknown kind as it is. */
    static RuntimeException explain(Throwable failure, Settings settings) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof StoreException e) {
            return new CommandException(StoreFailures.exitCode(e), String.valueOf(e.getMessage()), e);
        }
        if (cause instanceof StartException e) {
            Setting port = switch (e.door()) {
                case HTTP -> Setting.HTTP_PORT;
                case REDIS -> Setting.REDIS_PORT;
                case CLUSTER -> Setting.CLUSTER_PORT;
            };
            String flags =
                    " (" + port.flag() + " " + settings.integer(port) + ", --bind " + settings.text(Setting.BIND) + ")";
            return new CommandException(ExitCode.CONFIG, e.text() + flags, e);
        }
        if (cause instanceof MembershipException e) {
            int code = e instanceof NameTakenException ? ExitCode.CONFIG : ExitCode.TRY_AGAIN;
            return new CommandException(code, String.valueOf(e.getMessage()), e);
        }
        return cause instanceof RuntimeException e ? e : new IllegalStateException("the start failed", cause);
    }
}
