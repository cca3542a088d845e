package dev.odometer.systemtests.cluster;

import dev.odometer.systemtests.client.HttpWire;
import dev.odometer.systemtests.client.RedisWire;
import dev.odometer.systemtests.load.Target;
import dev.odometer.systemtests.process.ServerOptions;
import dev.odometer.systemtests.process.ServerProcess;
import dev.odometer.systemtests.process.Servers;
import dev.odometer.systemtests.process.Waiting;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/** A node of a {@link Cluster}, by its name: the same over all its processes. Used by one thread. */
public final class Node {
    /** How long clients wait before they send again: longer than a node carries an operation. */
    static final Duration PATIENCE = Duration.ofSeconds(12);

    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final Duration SHORT = Duration.ofSeconds(3);

    private final String name;
    private final Servers servers;
    private final ServerOptions options;
    private final @Nullable Lines lines;
    private final HttpWire http;
    private final HttpWire quick;
    private @Nullable ServerProcess process;

    Node(String name, Servers servers, ServerOptions options, @Nullable Lines lines) {
        this.name = name;
        this.servers = servers;
        this.options = options;
        this.lines = lines;
        this.http = new HttpWire(options.httpPort(), HttpClient.Version.HTTP_1_1, PATIENCE);
        this.quick = new HttpWire(options.httpPort(), HttpClient.Version.HTTP_1_1, SHORT);
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /** How it is started. */
    public ServerOptions options() {
        return options;
    }

    /** Its lines to what it calls. */
    public Lines lines() {
        if (lines == null) {
            throw new IllegalStateException("this cluster has no lines");
        }
        return lines;
    }

    /** Where its clients find it. */
    public Target target() {
        return new Target(options.httpPort(), options.redisPort(), PATIENCE);
    }

    /** HTTP to it, with patience. */
    public HttpWire http() {
        return http;
    }

    /** A connection of the Redis protocol to it. */
    public RedisWire redis() throws IOException {
        return new RedisWire(options.redisPort(), (int) PATIENCE.toMillis());
    }

    /** Its process. */
    public ServerProcess process() {
        if (process == null) {
            throw new IllegalStateException(name + " was never started");
        }
        return process;
    }

    /** Whether its process lives, running or paused. */
    public boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** Starts it and does not wait. */
    public Node launch() {
        if (isAlive()) {
            throw new IllegalStateException(name + " runs");
        }
        process = servers.launch(options);
        return this;
    }

    /** Waits until it serves. */
    public Node awaitServing() {
        process().awaitServing(LIMIT);
        return this;
    }

    /** Starts it and waits until it serves. */
    public Node start() {
        return launch().awaitServing();
    }

    /** SIGKILL. */
    public void kill() {
        process().kill9();
    }

    /** SIGSTOP. */
    public void pause() {
        process().pause();
    }

    /** SIGCONT. */
    public void resume() {
        process().resume();
    }

    /** SIGTERM; waits for the end, which is to be a graceful one. */
    public void stop() {
        process().terminate();
        int exitCode = process().exitCode(LIMIT);
        if (exitCode != 0) {
            throw new AssertionError(
                    name + " ended with " + exitCode + "\n" + process().outputs());
        }
    }

    /** Whether it says that it is ready. */
    public boolean isReady() {
        try {
            return quick.get("/readyz").status() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /** Waits until it says that it is ready. */
    public void awaitReady() {
        Waiting.until(name + " to be ready", LIMIT, this::isReady);
    }

    /** Adds 1 under an idempotency key through this node, again until it is answered; returns the answer. */
    public long addOnce(String counter, String id) {
        long[] value = new long[1];
        Waiting.until("an answer to " + id, LIMIT, () -> {
            try {
                HttpWire.Answer answer = http.add(counter, 1, id);
                if (answer.status() != 200) {
                    return false;
                }
                value[0] = answer.value();
                return true;
            } catch (IOException e) {
                return false;
            }
        });
        return value[0];
    }

    /** The cluster as it sees it, as soon as it can say. */
    public ClusterView view() {
        return awaitView("to be described", view -> true);
    }

    /** Waits until the cluster is as it should be as this node sees it. */
    public ClusterView awaitView(String what, Predicate<ClusterView> condition) {
        ClusterView[] last = new ClusterView[1];
        try {
            Awaitility.await("the cluster " + what + ", as " + name + " sees it")
                    .atMost(LIMIT)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> {
                        HttpWire.Answer answer = http.get("/v1/cluster");
                        if (answer.status() != 200) {
                            return false; // the store could not be asked
                        }
                        last[0] = ClusterView.of(answer);
                        return condition.test(last[0]);
                    });
            return last[0];
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(e.getMessage() + "; at last: " + last[0], e);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
