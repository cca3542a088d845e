package dev.odometer.cli.serve;

import dev.odometer.cli.config.Setting;
import dev.odometer.cli.config.Settings;
import dev.odometer.cli.console.CommandException;
import dev.odometer.cli.console.Display;
import dev.odometer.cli.console.ExitCode;
import dev.odometer.cli.console.Surroundings;
import dev.odometer.cli.console.Version;
import dev.odometer.cli.store.StoreFailures;
import dev.odometer.server.OdometerServer;
import dev.odometer.server.StopReport;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A process whose only purpose is to serve: from its start to its end by a signal or by a failure of the store. */
final class ServerProcess {
    private static final Logger LOG = LoggerFactory.getLogger(ServerProcess.class);

    /** What a shell reports for a process that SIGTERM ended. */
    private static final int STOPPED_AT_ONCE = 143;

    private final Settings settings;
    private final Surroundings surroundings;
    private final CountDownLatch stopAsked = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicInteger signals = new AtomicInteger();
    private volatile boolean serving;

    ServerProcess(Settings settings, Surroundings surroundings) {
        this.settings = settings;
        this.surroundings = surroundings;
    }

    /** Serves until it is told to stop. */
    int run() throws InterruptedException {
        Logs.level(settings.text(Setting.LOG_LEVEL));
        boolean handled = Signals.install(this::signalled);
        ServerStart start = start();
        OdometerServer server = start.server();
        serving = true;
        server.onDrainAsked(stopAsked::countDown);
        Runtime.getRuntime().addShutdownHook(new Thread(this::hangUp, "stop"));
        surroundings.out().print(banner(start).text());
        surroundings.out().flush();
        if (!handled) {
            LOG.warn("this Java has no sun.misc.Signal: a second signal does not stop at once");
        }
        stopAsked.await();
        try {
            say("stopping: finishing commits and answering what was accepted (a second signal stops at once)");
            watch();
            StopReport report = server.stop();
            say(
                    report.isClean()
                            ? "stopped in " + Display.seconds(report.nanos()) + ": everything accepted was answered"
                            : "stopped after " + Display.seconds(report.nanos())
                                    + " with requests unanswered; what was acknowledged is kept");
        } finally {
            stopped.countDown();
        }
        return ExitCode.OK;
    }

    private ServerStart start() {
        try {
            return ServerStart.start(settings, this::fatal);
        } catch (RuntimeException e) {
            RuntimeException explained = StartFailures.explain(e, settings);
            if (explained instanceof CommandException) {
                LOG.debug("the start failed", e);
            }
            throw explained;
        }
    }

    private Banner banner(ServerStart start) {
        OdometerServer server = start.server();
        // Of the JVM, not of the process: that began with the launcher, which may have built the program first.
        long sinceStart = TimeUnit.MILLISECONDS.toNanos(
                ManagementFactory.getRuntimeMXBean().getUptime());
        return new Banner(
                Version.text(),
                server.httpAddress(),
                server.redisAddress(),
                start.opened().place(),
                start.opened().kind(),
                server.shards(),
                server.restoredCounters(),
                start.opened().nanos(),
                sinceStart);
    }

    /** Ends the process where a stop hangs, on a disk that does not answer for example. */
    private void watch() {
        Thread watch = new Thread(
                () -> {
                    try {
                        if (!stopped.await(stopLimitMillis(), TimeUnit.MILLISECONDS)) {
                            say("the stop did not end within " + stopLimitMillis() / 1_000
                                    + " s: ending now; what was acknowledged is kept");
                            Runtime.getRuntime().halt(STOPPED_AT_ONCE);
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "stop-limit");
        watch.setDaemon(true);
        watch.start();
    }

    private long stopLimitMillis() {
        return OdometerServer.STOP_LIMIT.toMillis() + settings.millis(Setting.DRAIN_DELAY);
    }

    private void signalled(String signal) {
        if (!serving || signals.incrementAndGet() > 1) {
            say(
                    serving
                            ? "stopped at once; what was acknowledged is kept"
                            : "stopped before it served; what was acknowledged is kept");
            Runtime.getRuntime().halt(STOPPED_AT_ONCE);
        }
        stopAsked.countDown();
    }

    /** For ways to end other than our signals, such as SIGHUP: waits until the stop is done. */
    private void hangUp() {
        stopAsked.countDown();
        try {
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The store can promise nothing more: the process ends, before anything else is acknowledged. */
    private void fatal(String message, Throwable cause) {
        try {
            LOG.debug("fatal", cause);
            say("fatal: " + message);
        } finally {
            Runtime.getRuntime().halt(StoreFailures.exitCode(cause));
        }
    }

    private void say(String message) {
        surroundings.err().println("odometer: " + message);
        surroundings.err().flush();
    }
}
