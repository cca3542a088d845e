package dev.odometer.testkit.membership;

import dev.odometer.engine.membership.Member;
import dev.odometer.engine.membership.MembershipView.State;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A {@link MemberMain} as the test sees it. */
final class MemberProcess implements AutoCloseable {
    private static final int KEPT = 2_000;

    /** What the process believed at one time; both clocks of one machine, so that they can be compared. */
    record Sample(long nanos, long confirmedNanos, State state, Set<String> members) {}

    private final Process process;
    private final List<Sample> samples = new CopyOnWriteArrayList<>();
    private volatile @Nullable Sample last;
    private volatile boolean keeping;

    MemberProcess(MembershipDriver driver, String coordinator, Member self, Path errors) {
        try {
            process = new ProcessBuilder(
                            ServerProcess.java(),
                            "-Xmx128m",
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-cp",
                            ServerProcess.classPath(),
                            MemberMain.class.getName(),
                            driver.getClass().getName(),
                            coordinator,
                            self.encode().replace('\n', '|'))
                    .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread reader = new Thread(this::read, "output of " + self.name());
        reader.setDaemon(true);
        reader.start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.split(" ", 5);
                if (words[0].equals("sample")) {
                    Sample sample = new Sample(
                            Long.parseLong(words[1]),
                            Long.parseLong(words[2]),
                            State.valueOf(words[3]),
                            Set.of(words[4].split(",")));
                    last = sample;
                    if (keeping && samples.size() < KEPT) {
                        samples.add(sample);
                    }
                }
            }
        } catch (IOException e) {
            // It was killed.
        }
    }

    /** The newest sample, or null before the first one. */
    @Nullable
    Sample last() {
        return last;
    }

    boolean is(State state) {
        Sample newest = last;
        return newest != null && newest.state() == state;
    }

    boolean sees(String nameAndIncarnation) {
        Sample newest = last;
        return newest != null && newest.members().contains(nameAndIncarnation);
    }

    /** All samples from now on, up to a bound. */
    List<Sample> keep() {
        keeping = true;
        return samples;
    }

    void pause() {
        Signals.send("STOP", process.pid());
    }

    void resume() {
        Signals.send("CONT", process.pid());
    }

    void kill() {
        process.destroyForcibly();
        try {
            process.waitFor(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Makes it leave and end. */
    void leave() {
        try {
            process.outputWriter(StandardCharsets.UTF_8).append("leave\n").flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        kill();
    }
}
