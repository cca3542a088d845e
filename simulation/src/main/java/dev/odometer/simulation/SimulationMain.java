package dev.odometer.simulation;

import java.io.PrintStream;
import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Runs seeds, on all processors: {@code --runs N} of them (1,000 without it), from {@code --seed S} on (without it
 * from a random one, which is printed). {@code --seed S} alone runs that one. Ends with 1 at the first seed that
 * fails, having printed the last events, why it failed, and the command that replays it. {@code --kind K} chooses the
 * {@link WorldKind} (engines, clusters; without it both), {@code --lines N} shows
 * so many of the last events, {@code --fault F} plants a {@link Fault}.
 */
public final class SimulationMain {
    private final long runs;
    private final long from;
    private final Fault fault;
    private final WorldKind kind;
    private final PrintStream out;
    private int lines;
    private final Stats total = new Stats();

    SimulationMain(long runs, long from, Fault fault, WorldKind kind, PrintStream out) {
        this.runs = runs;
        this.from = from;
        this.fault = fault;
        this.kind = kind;
        this.out = out;
    }

    /** Runs what the arguments say. */
    public static void main(String[] args) throws InterruptedException {
        long runs = 0;
        long from = Integer.toUnsignedLong(new SecureRandom().nextInt());
        boolean seeded = false;
        Fault fault = Fault.NONE;
        int lines = 0;
        List<WorldKind> kinds = List.of(WorldKind.values());
        for (int i = 0; i < args.length; i += 2) {
            if (i + 1 == args.length) {
                usage("the value of " + args[i] + " is missing");
                return;
            }
            try {
                switch (args[i]) {
                    case "--runs" -> runs = Long.parseLong(args[i + 1]);
                    case "--seed" -> {
                        from = Long.parseLong(args[i + 1]);
                        seeded = true;
                    }
                    case "--lines" -> lines = Integer.parseInt(args[i + 1]);
                    case "--kind" -> kinds = List.of(WorldKind.valueOf(args[i + 1].toUpperCase(Locale.ROOT)));
                    case "--fault" -> fault = Fault.valueOf(args[i + 1]);
                    default -> {
                        usage("unknown option " + args[i]);
                        return;
                    }
                }
            } catch (IllegalArgumentException e) {
                usage(args[i] + " does not take " + args[i + 1]);
                return;
            }
        }
        if (runs <= 0) {
            runs = seeded ? 1 : 1_000;
        }
        boolean well = true;
        for (WorldKind kind : kinds) {
            SimulationMain main = new SimulationMain(runs, from, fault, kind, System.out);
            main.lines = lines;
            well = well && main.run();
        }
        System.exit(well ? 0 : 1);
    }

    private static void usage(String problem) {
        System.err.println(problem + "\nusage: [--runs N] [--seed FIRST_SEED] [--kind engines|clusters] [--lines N]"
                + " [--fault FAULT]");
        System.exit(2);
    }

    /** Runs all seeds; false where one failed. */
    boolean run() throws InterruptedException {
        long began = System.nanoTime();
        out.printf("%,d runs of %s from seed %d on%n", runs, name(kind), from);
        SimulatedWorld.@Nullable Result failed = runAll();
        out.println(total);
        if (failed == null) {
            out.printf("no failure in %.1f s%n", (System.nanoTime() - began) / 1e9);
            return true;
        }
        report(failed);
        return false;
    }

    /** What has happened in all runs together. */
    Stats stats() {
        return total;
    }

    /** The failed run with the lowest seed of those that were done; null where none failed. */
    SimulatedWorld.@Nullable Result runAll() throws InterruptedException {
        AtomicLong next = new AtomicLong(from);
        AtomicLong done = new AtomicLong();
        SimulatedWorld.@Nullable Result[] failed = new SimulatedWorld.Result[1];
        long end = from + runs;
        Thread[] workers = new Thread[(int) Math.min(runs, Runtime.getRuntime().availableProcessors())];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Thread(() -> {
                while (true) {
                    long seed = next.getAndIncrement();
                    if (seed >= end) {
                        return;
                    }
                    SimulatedWorld world = new SimulatedWorld(seed, fault, kind);
                    if (lines > 0) {
                        world.timeline.keep(lines);
                    }
                    SimulatedWorld.Result result = world.run();
                    total.add(result.stats());
                    long count = done.incrementAndGet();
                    if (count % 1_000 == 0) {
                        out.printf("%d of %d seeds done%n", count, runs);
                    }
                    if (result.failure() != null) {
                        next.set(end);
                        synchronized (failed) {
                            if (failed[0] == null || failed[0].seed() > seed) {
                                failed[0] = result;
                            }
                        }
                    }
                }
            });
            workers[i].start();
        }
        for (Thread worker : workers) {
            worker.join();
        }
        return failed[0];
    }

    private static String name(WorldKind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    private void report(SimulatedWorld.Result failed) {
        out.println("the last events:");
        failed.lastLines().forEach(line -> out.println("  " + line));
        if (failed.cause() != null) {
            failed.cause().printStackTrace(out);
        }
        out.println("seed " + failed.seed() + " FAILED: " + failed.failure());
        out.println("replay it with: ./check --simulate 1 --seed " + failed.seed() + " --kind " + name(kind)
                + (fault == Fault.NONE ? "" : "   (fault " + fault + ")"));
    }
}
