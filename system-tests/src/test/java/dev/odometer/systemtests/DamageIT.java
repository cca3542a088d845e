package dev.odometer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.odometer.systemtests.client.HttpWire;
import dev.odometer.systemtests.client.RedisWire;
import dev.odometer.systemtests.process.Seed;
import dev.odometer.systemtests.process.ServerOptions;
import dev.odometer.systemtests.process.ServerProcess;
import dev.odometer.systemtests.process.Servers;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A data directory that a disk, or a person, has damaged: in each file in turn a byte is changed, or the file is
 * deleted. A start is
 * refused, or every total is exactly right; never is a wrong total served.
 */
@Timeout(400)
class DamageIT {
    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final int DATA_DAMAGED = 65;
    private static final int COUNTERS = 3_000;
    // Not all bits of the byte: an end mark must not become the zero that a write that was cut off leaves.
    private static final int FLIPPED = 0x5A;

    @RegisterExtension
    final Servers servers = Servers.ofTest();

    private final Map<String, Long> totals = new TreeMap<>();
    private final List<String> wrong = new ArrayList<>();
    private int refused;
    private int served;

    @Test
    void afterACleanStop() throws Exception {
        Path data = servers.folder().resolve("data");
        ServerProcess server = fill(data);
        server.terminate();
        assertThat(server.exitCode(START_LIMIT)).isZero();
        damageEachFile(data, Seed.next("DamageIT"));
    }

    @Test
    void afterAKill() throws Exception {
        Path data = servers.folder().resolve("data");
        fill(data).kill9();
        damageEachFile(data, Seed.next("DamageIT"));
    }

    /** Counters in the journal alone and counters in tables: between the two halves is a restart. */
    private ServerProcess fill(Path data) throws IOException {
        ServerProcess first = servers.start(ServerOptions.on(data));
        count(first, 0);
        first.terminate();
        assertThat(first.exitCode(START_LIMIT)).isZero();
        ServerProcess second = servers.start(ServerOptions.on(data));
        count(second, COUNTERS / 2);
        return second;
    }

    private void count(ServerProcess server, int from) throws IOException {
        try (RedisWire redis = new RedisWire(server.redisPort(), 10_000)) {
            for (int i = from; i < from + COUNTERS / 2 + 100; i++) {
                redis.send("INCRBY", "counter/" + i, String.valueOf(i + 1));
            }
            redis.flush();
            for (int i = from; i < from + COUNTERS / 2 + 100; i++) {
                Object reply = redis.reply();
                assertThat(reply).isInstanceOf(Long.class);
                totals.put("counter/" + i, (Long) reply);
            }
        }
        // Commits of their own, as the last ones.
        HttpWire http = new HttpWire(server.httpPort());
        for (int i = 0; i < 20; i++) {
            totals.put(
                    "last/" + i,
                    http.add("last/" + i, 1, "damage-" + from + "-" + i).value());
        }
    }

    private void damageEachFile(Path data, long seed) throws IOException {
        Random random = new Random(seed);
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                String name = data.relativize(file).toString();
                for (long offset : offsets(file, random)) {
                    attempt(data, name + " with another byte at " + offset + " of " + Files.size(file), copy -> {
                        try (RandomAccessFile open =
                                new RandomAccessFile(copy.resolve(name).toFile(), "rw")) {
                            open.seek(offset);
                            int before = open.read();
                            open.seek(offset);
                            open.write(before ^ FLIPPED);
                        }
                    });
                }
                attempt(data, name + " deleted", copy -> Files.delete(copy.resolve(name)));
            }
        }
        System.out.println("DamageIT: " + refused + " starts refused, " + served + " served the right totals");
        assertThat(wrong).isEmpty();
        assertThat(refused).isPositive();
    }

    /** In what is used of the file: behind it are zeros where it was made larger in advance. */
    private static List<Long> offsets(Path file, Random random) throws IOException {
        byte[] content = Files.readAllBytes(file);
        int used = content.length;
        while (used > 0 && content[used - 1] == 0) {
            used--;
        }
        List<Long> offsets = new ArrayList<>();
        if (used > 0) {
            offsets.add((long) random.nextInt(used));
            if (random.nextInt(4) == 0) {
                offsets.add((long) random.nextInt(Math.min(64, used)));
                offsets.add((long) used - 1 - random.nextInt(Math.min(100, used)));
            }
        }
        return offsets;
    }

    private void attempt(Path data, String what, Damage damage) throws IOException {
        Path copy = data.resolveSibling("copy");
        Servers.copy(data, copy);
        damage.to(copy);
        ServerProcess server = servers.launch(ServerOptions.on(copy));
        try {
            server.awaitServing(START_LIMIT);
            Map<String, Long> listed = new HttpWire(server.httpPort()).list("");
            if (listed.equals(totals)) {
                served++;
            } else {
                wrong.add(what + ": serves wrong totals, " + listed.size() + " counters of " + totals.size());
            }
        } catch (AssertionError | IOException e) {
            judgeEnd(server, what, e);
        }
        server.kill9();
        Servers.delete(copy);
    }

    private void judgeEnd(ServerProcess server, String what, Throwable failure) {
        if (server.isAlive()) {
            // It serves, and refused the listing: the damage was found when the row was read.
            if (String.valueOf(failure.getMessage()).contains("no success")) {
                refused++;
            } else {
                wrong.add(what + ": " + failure);
            }
            return;
        }
        refused++;
        int exitCode = server.exitCode(Duration.ofSeconds(5));
        String said = server.stderr();
        if (exitCode != DATA_DAMAGED
                || said.contains("\tat ")
                || !said.matches("(?is).*(restore|backup|put it back|copy).*")) {
            wrong.add(what + ": exit code " + exitCode + ", " + said);
        }
    }

    private interface Damage {
        void to(Path copy) throws IOException;
    }
}
