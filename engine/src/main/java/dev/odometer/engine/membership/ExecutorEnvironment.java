package dev.odometer.engine.membership;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** An environment on two executors of one thread each, which it takes over. Thread-safe. */
public final class ExecutorEnvironment implements MembershipEnvironment {
    private static final long CLOSE_SECONDS = 5;

    private final ScheduledExecutorService coordinator;
    private final ScheduledExecutorService listeners;
    private final LongSupplier nanos;
    private final Consumer<String> warnings;

    /**
     * Creates the environment.
     *
     * @param coordinator the coordinator's thread
     * @param listeners the listeners' thread
     * @param nanos a clock for durations, in nanoseconds; it never goes back
     * @param warnings where warnings go
     */
    public ExecutorEnvironment(
            ScheduledExecutorService coordinator,
            ScheduledExecutorService listeners,
            LongSupplier nanos,
            Consumer<String> warnings) {
        this.coordinator = coordinator;
        this.listeners = listeners;
        this.nanos = nanos;
        this.warnings = warnings;
    }

    @Override
    public void coordinate(Runnable task, long delayMillis) {
        schedule(coordinator, task, delayMillis);
    }

    @Override
    public void tell(Runnable task, long delayMillis) {
        schedule(listeners, task, delayMillis);
    }

    private void schedule(ScheduledExecutorService executor, Runnable task, long delayMillis) {
        Runnable guarded = () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                warn("a task of the membership failed: " + e);
            }
        };
        try {
            var unused = executor.schedule(guarded, delayMillis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // Closed: tasks are dropped.
        }
    }

    @Override
    public long nanos() {
        return nanos.getAsLong();
    }

    @Override
    public void warn(String message) {
        warnings.accept(message);
    }

    @Override
    public void close(Runnable last) {
        try {
            Future<?> done = coordinator.submit(last);
            done.get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (RejectedExecutionException e) {
            // Closed before.
        } catch (ExecutionException | TimeoutException e) {
            warn("could not close the membership in peace: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            coordinator.shutdownNow();
            listeners.shutdownNow();
        }
    }
}
