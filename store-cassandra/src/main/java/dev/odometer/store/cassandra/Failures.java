package dev.odometer.store.cassandra;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.NodeUnavailableException;
import com.datastax.oss.driver.api.core.auth.AuthenticationException;
import com.datastax.oss.driver.api.core.connection.BusyConnectionException;
import com.datastax.oss.driver.api.core.servererrors.QueryValidationException;
import com.datastax.oss.driver.api.core.servererrors.ReadFailureException;
import com.datastax.oss.driver.api.core.servererrors.UnauthorizedException;
import dev.odometer.engine.store.CommitOutcome;
import dev.odometer.engine.store.StoreException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionException;

/** What the driver's failures mean to the store's callers. */
final class Failures {
    /** Cassandra's code for a read that met more deleted rows than {@code tombstone_failure_threshold}. */
    private static final int READ_TOO_MANY_TOMBSTONES = 1;

    private Failures() {}

    static Throwable cause(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /**
     * What became of a conditional write that failed. Only where it is certain that no node was sent it, it took no
     * effect. Everything else is unknown, also an {@code UnavailableException}: Paxos may meet it after its proposal
     * was accepted, and then the write takes effect when the next round finds it.
     */
    static CommitOutcome ofCommit(Throwable failure) {
        Throwable cause = cause(failure);
        if (wasNeverSent(cause) || cause instanceof QueryValidationException) {
            return new CommitOutcome.Unavailable(ofRequest(cause));
        }
        return new CommitOutcome.Unknown(ofRequest(cause));
    }

    private static boolean wasNeverSent(Throwable cause) {
        return cause instanceof AllNodesFailedException all
                && all.getAllErrors().values().stream()
                        .flatMap(Collection::stream)
                        .allMatch(e -> e instanceof NodeUnavailableException || e instanceof BusyConnectionException);
    }

    /** The failure of a read or an acquisition. */
    static StoreException ofRequest(Throwable failure) {
        Throwable cause = cause(failure);
        if (cause instanceof StoreException known) {
            return known;
        }
        return new StoreException.Unreachable(
                "Cassandra does not answer as it should (" + describe(cause) + "); nothing acknowledged is lost",
                cause);
    }

    static boolean isTooManyTombstones(Throwable failure) {
        return cause(failure) instanceof ReadFailureException read
                && read.getReasonMap().containsValue(READ_TOO_MANY_TOMBSTONES);
    }

    /** What stops a start. */
    static StoreException atStart(CassandraStoreConfig config, RuntimeException failure) {
        if (failure instanceof StoreException known) {
            return known;
        }
        if (failure instanceof AllNodesFailedException all) {
            List<Throwable> errors = all.getAllErrors().values().stream()
                    .flatMap(Collection::stream)
                    .toList();
            for (Throwable error : errors) {
                if (error instanceof AuthenticationException || error instanceof UnauthorizedException) {
                    return new StoreException.Incompatible("Cassandra refuses the login: " + error.getMessage()
                            + "; say the right user and password. Nothing was changed");
                }
            }
            return new StoreException.Unreachable(
                    "no Cassandra node can be reached at " + config.contactPoints() + " in data centre '"
                            + config.localDatacenter() + "': "
                            + (errors.isEmpty() ? "none is in that data centre" : describe(errors.get(0)))
                            + ". Nothing was changed. Check the addresses, the data centre's name"
                            + " and that the cluster runs",
                    failure);
        }
        return new StoreException.Unreachable(
                "the session with Cassandra at " + config.contactPoints() + " could not be opened: " + describe(failure)
                        + ". Nothing was changed",
                failure);
    }

    static String describe(Throwable cause) {
        String message = cause.getMessage();
        String name = cause.getClass().getSimpleName();
        return message == null ? name : name + ": " + message;
    }
}
