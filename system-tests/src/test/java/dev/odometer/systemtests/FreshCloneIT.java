package dev.odometer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.odometer.systemtests.process.Commands;
import dev.odometer.systemtests.process.Distribution;
import dev.odometer.systemtests.process.Servers;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The launcher in a copy of the sources where nothing is built yet. */
class FreshCloneIT {
    @RegisterExtension
    final Servers servers = Servers.ofTest();

    @Test
    @Timeout(300)
    void theFirstCommandBuildsTheProgramAndTheSecondDoesNot() throws IOException {
        Path copy = servers.folder().resolve("odometer");
        copySources(Distribution.checkout(), copy);
        Commands.Result first = odometer(copy);
        assertThat(first.orFail().out()).contains("0.1.0");
        assertThat(first.err()).as("progress").contains("Building Odometer", "engine", "cli");
        Commands.Result second = odometer(copy);
        assertThat(second.orFail().out()).isEqualTo(first.out());
        assertThat(second.err()).isEmpty();
    }

    private static Commands.Result odometer(Path copy) {
        ProcessBuilder builder = new ProcessBuilder(copy.resolve("odometer").toString(), "version");
        builder.environment().keySet().removeIf(name -> name.startsWith("ODOMETER_") || name.startsWith("MAVEN_"));
        return Commands.run(builder, Duration.ofMinutes(4));
    }

    private static void copySources(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                String name = directory.getFileName().toString();
                if (name.equals("target") || name.equals(".git") || name.equals("odometer-data")) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                Files.createDirectories(to.resolve(from.relativize(directory).toString()));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
