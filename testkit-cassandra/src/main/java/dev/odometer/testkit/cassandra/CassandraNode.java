package dev.odometer.testkit.cassandra;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One node of a {@link CassandraCluster}: a process, and the files of its life so far. Thread-safe. */
public final class CassandraNode {
    private static final List<String> MODULES = List.of(
            "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
            "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
            "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-exports=java.management.rmi/com.sun.jmx.remote.internal.rmi=ALL-UNNAMED",
            "--add-exports=java.rmi/sun.rmi.registry=ALL-UNNAMED",
            "--add-exports=java.rmi/sun.rmi.server=ALL-UNNAMED",
            "--add-exports=java.rmi/sun.rmi.transport.tcp=ALL-UNNAMED",
            "--add-exports=java.sql/java.sql=ALL-UNNAMED",
            "--add-exports=jdk.unsupported/sun.misc=ALL-UNNAMED",
            "--add-opens=java.base/java.io=ALL-UNNAMED",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/java.lang.module=ALL-UNNAMED",
            "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
            "--add-opens=java.base/java.math=ALL-UNNAMED",
            "--add-opens=java.base/java.net=ALL-UNNAMED",
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "--add-opens=java.base/java.util=ALL-UNNAMED",
            "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
            "--add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED",
            "--add-opens=java.base/jdk.internal.loader=ALL-UNNAMED",
            "--add-opens=java.base/jdk.internal.math=ALL-UNNAMED",
            "--add-opens=java.base/jdk.internal.module=ALL-UNNAMED",
            "--add-opens=java.base/jdk.internal.ref=ALL-UNNAMED",
            "--add-opens=java.base/jdk.internal.reflect=ALL-UNNAMED",
            "--add-opens=java.base/jdk.internal.util.jar=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-opens=java.rmi/sun.rmi.transport.tcp=ALL-UNNAMED",
            "--add-opens=jdk.compiler/com.sun.tools.javac.file=ALL-UNNAMED",
            "--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED");

    private final int number;
    private final ClusterOptions options;
    private final Path directory;
    private final InetSocketAddress contactPoint;
    private final int storagePort;
    private @Nullable Process process; // guarded by this

    CassandraNode(int number, ClusterOptions options, int nativePort, int storagePort) {
        this.number = number;
        this.options = options;
        this.directory = options.directory().resolve("node" + (number + 1)).toAbsolutePath();
        this.contactPoint = new InetSocketAddress(address(number), nativePort);
        this.storagePort = storagePort;
    }

    static String address(int number) {
        return "127.0.0." + (number + 1);
    }

    /** Where it takes CQL. */
    public InetSocketAddress contactPoint() {
        return contactPoint;
    }

    /** Whether its process lives, running or paused. */
    public synchronized boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** What it has written to its output in all its lives. */
    public String log() {
        try {
            Path log = directory.resolve("node.log");
            return Files.exists(log) ? new String(Files.readAllBytes(log), StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts its process and does not wait for it. */
    synchronized void launch() throws IOException {
        if (isAlive()) {
            throw new IllegalStateException("the node on " + contactPoint + " runs already");
        }
        NodeFiles.write(directory, number, options, contactPoint.getPort(), storagePort);
        File log = directory.resolve("node.log").toFile();
        process = new ProcessBuilder(command())
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .start();
    }

    private List<String> command() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(MODULES);
        command.addAll(List.of(
                "-Xms128m",
                "-Xmx" + options.heapMegabytes() + "m",
                "-Xss256k",
                "-XX:+UseG1GC",
                "-XX:TieredStopAtLevel=" + (options.javaOptions().isEmpty() ? "1" : "4"),
                "-Djava.net.preferIPv4Stack=true",
                "-Dio.netty.tryReflectionSetAccessible=true",
                "-Djdk.attach.allowAttachSelf=true",
                "-Dcassandra.config=" + directory.resolve("cassandra.yaml").toUri(),
                "-Dcassandra.storagedir=" + directory.resolve("data"),
                "-Dcassandra.logdir=" + directory,
                "-Dlogback.configurationFile=" + directory.resolve("logback.xml"),
                "-Dcassandra-foreground=yes",
                // Nodes that start together may miss each other's tables: by default they would look a minute later.
                "-Dcassandra.schema_pull_interval_ms=1000",
                "-Dcassandra.ring_delay_ms=100",
                "-Dcassandra.skip_wait_for_gossip_to_settle=0",
                "-Dcassandra.superuser_setup_delay_ms=0",
                "-Dcassandra.memtable.row_overhead_size=180"));
        command.addAll(options.javaOptions());
        command.addAll(List.of(
                "-cp", ownClasses() + File.pathSeparator + NodeFiles.serverClasspath(), WatchedDaemon.class.getName()));
        return command;
    }

    private static String ownClasses() {
        try {
            return Path.of(CassandraNode.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ends its process with SIGKILL, and waits until it is gone. Does nothing where it has none. */
    public synchronized void kill() {
        Process running = process;
        if (running == null) {
            return;
        }
        process = null;
        running.destroyForcibly();
        try {
            if (!running.waitFor(20, TimeUnit.SECONDS)) {
                throw new IllegalStateException("process " + running.pid() + " does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Stops its process with SIGSTOP: it keeps its connections and says nothing. */
    public void pause() {
        signal("STOP");
    }

    /** Lets a paused process go on. */
    public void resume() {
        signal("CONT");
    }

    private synchronized void signal(String name) {
        if (process == null) {
            throw new IllegalStateException("the node on " + contactPoint + " does not run");
        }
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start();
            if (kill.waitFor() != 0) {
                throw new IllegalStateException("kill -" + name + " failed for process " + process.pid());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** How often this node has come to see the other one as up. */
    int timesSeenUp(CassandraNode other) {
        String said = other.contactPoint.getAddress().getHostAddress() + ":" + storagePort + " is now UP";
        String log = log();
        int count = 0;
        for (int at = log.indexOf(said); at >= 0; at = log.indexOf(said, at + 1)) {
            count++;
        }
        return count;
    }

    /** Whether it takes connections. Throws where its process has ended. */
    boolean takesConnections() {
        if (!isAlive()) {
            String log = log();
            throw new IllegalStateException("the node on " + contactPoint + " has ended; its last output:\n"
                    + log.substring(Math.max(0, log.length() - 4_000)));
        }
        try (Socket socket = new Socket()) {
            socket.connect(contactPoint, (int) Duration.ofSeconds(1).toMillis());
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
