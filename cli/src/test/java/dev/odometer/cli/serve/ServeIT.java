package dev.odometer.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.odometer.cli.Harness;
import dev.odometer.cli.console.ExitCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code odometer serve} as a process of its own: what it prints, how it ends, what it says when it cannot start. */
class ServeIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path dir;

    private final List<Served> started = new ArrayList<>();

    /** A process that serves, or has tried to. */
    private record Served(Process process, Path out, Path err) {
        String text(Path file) {
            try {
                return Files.readString(file);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        Served serving() {
            Awaitility.await().atMost(LIMIT).until(() -> text(out).contains("try ") || !process.isAlive());
            assertThat(process.isAlive()).as(text(err)).isTrue();
            return this;
        }

        String url() {
            return text(out)
                    .lines()
                    .filter(line -> line.contains("HTTP"))
                    .findFirst()
                    .orElseThrow()
                    .replaceAll(".* ", "");
        }

        int exitCode() throws InterruptedException {
            assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .as("has ended")
                    .isTrue();
            return process.exitValue();
        }
    }

    private Served serve(Map<String, String> environment, String... flags) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.odometer.cli.Main",
                "serve"));
        command.addAll(List.of(flags));
        for (String standard : List.of("--http-port=0", "--redis-port=0", "--data=" + dir.resolve("data"))) {
            String name = standard.substring(0, standard.indexOf('=') + 1);
            if (Arrays.stream(flags).noneMatch(flag -> flag.startsWith(name))) {
                command.add(standard);
            }
        }
        Path out = dir.resolve("out" + started.size());
        Path err = dir.resolve("err" + started.size());
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("ODOMETER_"));
        builder.environment().putAll(environment);
        Served served = new Served(builder.start(), out, err);
        started.add(served);
        return served;
    }

    private Served serve(String... flags) throws IOException {
        return serve(Map.of(), flags);
    }

    /** Checks that a start has failed with one message and no stack trace. */
    private static void assertRefused(Served served, int exitCode, String... words) throws InterruptedException {
        assertThat(served.exitCode()).as(served.text(served.err)).isEqualTo(exitCode);
        assertThat(served.text(served.out)).isEmpty();
        assertThat(served.text(served.err))
                .startsWith("odometer: ")
                .contains(words)
                .doesNotContain("\tat ");
    }

    @AfterEach
    void end() throws InterruptedException {
        for (Served served : started) {
            served.process.destroyForcibly().waitFor();
        }
    }

    @Test
    void theBannerTellsWhereItServesAndWhatItRestored() throws Exception {
        Served first = serve().serving();
        Harness client = new Harness().variable("ODOMETER_URL", first.url());
        assertThat(client.run("add", "orders", "5").exitCode()).isZero();
        assertThat(first.text(first.out))
                .contains("Odometer", "is serving", "HTTP    http://127.0.0.1:", "Redis   redis://127.0.0.1:")
                .contains("data    " + dir.resolve("data") + " (RocksDB, 16 shards)", "no counters yet");

        first.process.destroy();
        assertThat(first.exitCode()).isZero();
        assertThat(first.text(first.err)).contains("stopping", "everything accepted was answered");

        Served second = serve().serving();
        assertThat(second.text(second.out)).containsPattern("restored 1 counter in [0-9.]+ s \\(start [0-9.]+ s\\)");
    }

    @Test
    void aGracefulStopKeepsEverythingThatWasAcknowledged() throws Exception {
        Served first = serve().serving();
        Harness client = new Harness().variable("ODOMETER_URL", first.url());
        AtomicBoolean going = new AtomicBoolean(true);
        AtomicLong acknowledged = new AtomicLong();
        Thread adding = new Thread(() -> {
            while (going.get()) {
                if (client.run("add", "orders").exitCode() == 0) {
                    acknowledged.incrementAndGet();
                }
            }
        });
        adding.start();
        Awaitility.await().atMost(LIMIT).until(() -> acknowledged.get() > 50);
        first.process.destroy();
        assertThat(first.exitCode()).isZero();
        going.set(false);
        adding.join();

        Served second = serve().serving();
        Harness after = new Harness().variable("ODOMETER_URL", second.url());
        assertThat(after.run("get", "orders").lines()).containsExactly(acknowledged.toString());
    }

    @Test
    void aPortInUseIsNamedWithItsFlag() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = String.valueOf(taken.getLocalPort());

            assertRefused(serve("--http-port=" + port), ExitCode.CONFIG, "--http-port " + port, "in use");
            assertRefused(serve("--redis-port=" + port), ExitCode.CONFIG, "--redis-port " + port, "in use");
            assertThat(dir.resolve("data")).doesNotExist();
        }
    }

    @Test
    void aDataDirectoryInUseIsRefusedWithItsHolder() throws Exception {
        Served first = serve().serving();

        assertRefused(serve(), ExitCode.TRY_AGAIN, "in use", "process " + first.process.pid());
    }

    @Test
    void anotherShardCountThanTheStoredOneIsRefused() throws Exception {
        Served first = serve("--shards=4").serving();
        first.process.destroy();
        assertThat(first.exitCode()).isZero();

        assertRefused(serve("--shards=8"), ExitCode.CONFIG, "has 4 shards", "8 are configured");
        Served again = serve(Map.of("ODOMETER_SHARDS", "4")).serving();
        again.process.destroy();
        assertThat(again.exitCode()).isZero();
        serve().serving(); // nobody says a number: it is the stored one
    }

    @Test
    void aDirectoryThatCannotBeWrittenIsRefused() throws Exception {
        Path file = Files.writeString(dir.resolve("file"), "not a directory");

        assertRefused(serve("--data=" + file), ExitCode.CONFIG, "is a file");
        assertRefused(serve("--data=/proc/odometer"), ExitCode.IO, "/proc/odometer");
    }

    @Test
    void aDamagedStoreIsRefused() throws Exception {
        Served first = serve().serving();
        assertThat(new Harness()
                        .variable("ODOMETER_URL", first.url())
                        .run("add", "a")
                        .exitCode())
                .isZero();
        first.process.destroy();
        assertThat(first.exitCode()).isZero();
        Path database = dir.resolve("data/rocksdb");
        Path manifest =
                database.resolve(Files.readString(database.resolve("CURRENT")).strip());
        byte[] bytes = Files.readAllBytes(manifest);
        bytes[bytes.length / 2] ^= 0x10;
        Files.write(manifest, bytes);

        assertRefused(serve(), ExitCode.DATA, "damaged");
    }

    @Test
    void debugLogsShowTheStackTrace() throws Exception {
        Served served = serve("--data=/proc/odometer", "--log-level=debug");

        assertThat(served.exitCode()).isEqualTo(ExitCode.IO);
        assertThat(served.text(served.err)).contains("\tat ");
    }
}
