package dev.odometer.server.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Redis 7's own tests of counters, run from a copy of its sources that {@code ODOMETER_REDIS_TESTS} names. */
class RedisOwnTestsIT {
    /** What is not about 64-bit counters: other types, floats, texts with spaces as values, how Redis stores values. */
    private static final String SKIPPED = """
            INCR fails against key with spaces (left)
            INCR fails against key with spaces (right)
            INCR fails against key with spaces (both)
            INCR fails against a key holding a list
            INCR uses shared objects in the 0-9999 range
            INCR can modify objects in-place
            /INCRBYFLOAT
            string to double with null terminator
            No negative zero
            """;

    @TempDir
    private Path directory;

    @Test
    void redisOwnTestsOfCountersPass() throws Exception {
        String sources = System.getenv("ODOMETER_REDIS_TESTS");
        assumeTrue(sources != null && !sources.isEmpty(), "ODOMETER_REDIS_TESTS names no copy of Redis 7's sources");
        Programs.require("tclsh", "tcl");
        Path copy = copyWithoutFunctions(Path.of(sources));
        Path skipped = Files.writeString(directory.resolve("skipped.txt"), SKIPPED);
        try (RedisFixture server = RedisFixture.withFlushAll()) {
            String written = Programs.run(
                    copy,
                    null,
                    List.of(
                            "./runtest",
                            "--host",
                            "127.0.0.1",
                            "--port",
                            Integer.toString(server.port),
                            "--single",
                            "unit/type/incr",
                            "--singledb",
                            "--ignore-encoding",
                            "--ignore-digest",
                            "--tags",
                            "-needs:debug",
                            "--skipfile",
                            skipped.toString()));
            assertThat(written).contains("DECRBY negation overflow", "All tests passed without errors");
        }
    }

    /** A copy of what the tests need. Its harness empties the server of functions too; here there are none. */
    private Path copyWithoutFunctions(Path sources) throws IOException {
        Path copy = directory.resolve("redis");
        Files.createDirectory(copy);
        Files.copy(sources.resolve("runtest"), copy.resolve("runtest"), StandardCopyOption.COPY_ATTRIBUTES);
        try (Stream<Path> files = Files.walk(sources.resolve("tests"))) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, copy.resolve(sources.relativize(file).toString()));
            }
        }
        Path harness = copy.resolve("tests/support/server.tcl");
        Files.writeString(harness, Files.readString(harness).replace("r function flush", ""));
        return copy;
    }
}
