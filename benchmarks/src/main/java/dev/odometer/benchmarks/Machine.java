package dev.odometer.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/** The machine that a figure belongs to. */
final class Machine {
    private static final int SYNCS = 200;

    private Machine() {}

    /** One line: processors, memory, Java, kernel, and what a sync of the disk costs. */
    static String line(Path directory) {
        long memory = ((com.sun.management.OperatingSystemMXBean)
                        java.lang.management.ManagementFactory.getOperatingSystemMXBean())
                .getTotalMemorySize();
        return String.format(
                Locale.ROOT,
                "%d × %s, %.0f GiB, %s, JDK %s, kernel %s; a 4 KiB write with fdatasync takes %.2f ms (median of %d) "
                        + "on this disk; load average before the run %.1f.",
                Runtime.getRuntime().availableProcessors(),
                processor(),
                memory / (double) (1 << 30),
                system(),
                System.getProperty("java.version"),
                System.getProperty("os.version"),
                syncMillis(directory),
                SYNCS,
                java.lang.management.ManagementFactory.getOperatingSystemMXBean()
                        .getSystemLoadAverage());
    }

    private static String processor() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException e) {
            return System.getProperty("os.arch");
        }
    }

    private static String system() {
        try {
            return Files.readAllLines(Path.of("/etc/os-release")).stream()
                    .filter(line -> line.startsWith("PRETTY_NAME="))
                    .map(line -> line.substring("PRETTY_NAME=".length()).replace("\"", ""))
                    .findFirst()
                    .orElse(System.getProperty("os.name"));
        } catch (IOException e) {
            return System.getProperty("os.name");
        }
    }

    private static double syncMillis(Path directory) {
        Path file = directory.resolve("sync-probe");
        double[] millis = new double[SYNCS];
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            ByteBuffer page = ByteBuffer.allocateDirect(4096);
            for (int i = 0; i < SYNCS; i++) {
                page.clear();
                long start = System.nanoTime();
                channel.write(page, i * 4096L);
                channel.force(false);
                millis[i] = (System.nanoTime() - start) / 1e6;
            }
            Files.delete(file);
        } catch (IOException e) {
            throw new BenchException("cannot write to " + directory + ": " + e.getMessage(), e);
        }
        return Figures.median(millis);
    }
}
