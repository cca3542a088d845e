package dev.odometer.systemtests.cluster;

import dev.odometer.systemtests.process.ServerOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Wall clocks that are wrong, by libfaketime. The monotonic clock goes on as it is. */
public final class WrongClock {
    private static final Path LIBRARIES = Path.of("/usr/lib");
    private static final String LIBRARY = "faketime/libfaketime.so.1";

    private WrongClock() {}

    /** A node whose clock is off by so much, such as {@code +1h}. */
    public static UnaryOperator<ServerOptions> of(String offset) {
        return options -> options.withEnvironment(Map.of(
                "LD_PRELOAD",
                library().toString(),
                "FAKETIME",
                offset,
                "DONT_FAKE_MONOTONIC",
                "1",
                "FAKETIME_DONT_FAKE_MONOTONIC",
                "1",
                // With its own guess, Java's timed waits end at once.
                "FAKETIME_FORCE_MONOTONIC_FIX",
                "0"));
    }

    private static Path library() {
        try (Stream<Path> folders = Files.list(LIBRARIES)) {
            return folders.map(folder -> folder.resolve(LIBRARY))
                    .filter(Files::exists)
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(
                            "libfaketime is missing: install it, on Debian: apt-get install faketime"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
