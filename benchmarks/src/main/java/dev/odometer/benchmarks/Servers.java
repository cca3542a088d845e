package dev.odometer.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How the two servers are started. */
final class Servers {
    /** How Redis promises what Odometer promises. */
    static final List<String> REDIS_DURABILITY =
            List.of("--appendonly", "yes", "--appendfsync", "always", "--save", "");

    private static final long START_SECONDS = 120;

    private Servers() {}

    /** A server and where it listens; the Redis server has no HTTP port. */
    record Running(ServerProcess process, int redisPort, int httpPort) {
        /** Waits until it answers. */
        Running await() {
            long deadline = System.nanoTime() + START_SECONDS * 1_000_000_000L;
            RespClient.awaitPong(redisPort, deadline, process::checkAlive);
            return this;
        }
    }

    /** The launcher of this checkout. */
    static Path launcher() {
        Path launcher = Path.of("odometer").toAbsolutePath();
        if (!Files.isExecutable(launcher)) {
            throw new BenchException("there is no ./odometer here; run ./bench in a checkout");
        }
        return launcher;
    }

    /** What the launcher says of itself. Its first start also makes the class-data archive: not to be measured. */
    static String odometerVersion() {
        return Tools.version("env", "ODOMETER_BUILD=never", launcher().toString(), "--version");
    }

    static String redisVersion() {
        String said = Tools.version("redis-server", "--version");
        return said.replaceAll("^Redis server v=(\\S+).*$", "Redis $1");
    }

    /** Starts {@code ./odometer serve} on a data directory. */
    static Running odometer(Scratch scratch, Path data, boolean slowSyncs, String javaOptions, List<String> more) {
        int redisPort = Scratch.freePort();
        int httpPort = Scratch.freePort();
        List<String> command = new ArrayList<>(List.of(
                launcher().toString(),
                "serve",
                "--http-port",
                Integer.toString(httpPort),
                "--redis-port",
                Integer.toString(redisPort),
                "--data",
                data.toString()));
        command.addAll(more);
        Map<String, String> environment = Map.of("ODOMETER_BUILD", "never", "ODOMETER_JAVA_OPTS", javaOptions);
        return new Running(
                ServerProcess.start(scratch, "odometer", command, environment, slowSyncs), redisPort, httpPort);
    }

    /** Starts {@code redis-server} on a data directory, as durable as it can be made. */
    static Running redis(Scratch scratch, Path data, boolean slowSyncs) {
        int port = Scratch.freePort();
        List<String> command = new ArrayList<>(List.of(
                "redis-server", "--port", Integer.toString(port), "--bind", "127.0.0.1", "--dir", data.toString()));
        command.addAll(REDIS_DURABILITY);
        return new Running(ServerProcess.start(scratch, "redis-server", command, Map.of(), slowSyncs), port, 0);
    }
}
