package dev.odometer.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What Linux tells about processes. 0 where it does not. */
final class ProcFiles {
    /** Linux counts processor time in hundredths of a second, on every machine that Debian supports. */
    private static final double TICKS_PER_SECOND = 100;

    private ProcFiles() {}

    /** The processor time of a process, in seconds. */
    static double cpuSeconds(long pid) {
        return ticks(Long.toString(pid), 11) / TICKS_PER_SECOND;
    }

    /** The processor time of this process's children that have ended, in seconds. */
    static double endedChildrenCpuSeconds() {
        return ticks("self", 13) / TICKS_PER_SECOND;
    }

    /** The memory of a process that is in RAM, in bytes. */
    static long residentBytes(long pid) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
                if (line.startsWith("VmRSS:")) {
                    return 1024 * Long.parseLong(line.replaceAll("[^0-9]", ""));
                }
            }
        } catch (IOException e) {
            return 0;
        }
        return 0;
    }

    /** Two neighbouring fields of a stat file, added: user and system time. Counted from the one after the name. */
    private static long ticks(String process, int field) {
        try {
            String stat = Files.readString(Path.of("/proc", process, "stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return Long.parseLong(fields[field]) + Long.parseLong(fields[field + 1]);
        } catch (IOException e) {
            return 0;
        }
    }
}
