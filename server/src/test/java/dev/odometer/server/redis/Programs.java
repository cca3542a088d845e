package dev.odometer.server.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Runs programs of the machine, and skips a test that needs one which is not there. */
final class Programs {
    private Programs() {}

    /** Skips the test, naming the package to install, where the program is not on the path. */
    static void require(String program, String debianPackage) {
        boolean there = Pattern.compile(File.pathSeparator)
                .splitAsStream(System.getenv("PATH"))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
        assumeTrue(there, program + " is not installed; it comes with the Debian package " + debianPackage);
    }

    /** Runs a program to its end and returns what it wrote; fails where it fails or takes longer than two minutes. */
    static String run(Path directory, byte @Nullable [] input, List<String> command)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile(directory, "out", ".txt");
        Path in = Files.createTempFile(directory, "in", ".txt");
        Files.write(in, input == null ? new byte[0] : input);
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectInput(in.toFile())
                .redirectOutput(out.toFile())
                .start();
        try {
            boolean ended = process.waitFor(2, TimeUnit.MINUTES);
            String text = Files.readString(out, StandardCharsets.UTF_8);
            assertThat(ended).as("%s ends; it wrote %s", command, text).isTrue();
            assertThat(process.exitValue()).as("%s wrote %s", command, text).isZero();
            return text;
        } finally {
            process.destroyForcibly();
        }
    }
}
