package dev.odometer.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SimulationTest {
    private static final long SEEDS_FOR_A_FAULT = 200;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

    @Test
    void theProductIsFoundFaultless() throws Exception {
        boolean well = new SimulationMain(300, 1, Fault.NONE, WorldKind.ENGINES, out).run();
        assertThat(well).as(printed()).isTrue();
    }

    static Stream<Fault> faults() {
        return Arrays.stream(Fault.values()).filter(fault -> fault != Fault.NONE && fault.showsIn(WorldKind.ENGINES));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void aPlantedFaultIsFound(Fault fault) throws Exception {
        SimulatedWorld.Result failed = new SimulationMain(SEEDS_FOR_A_FAULT, 1, fault, WorldKind.ENGINES, out).runAll();
        assertThat(failed).as("a failure among %d seeds", SEEDS_FOR_A_FAULT).isNotNull();
    }

    @Test
    void theSameSeedGivesTheSameRun() {
        for (long seed = 1; seed <= 20; seed++) {
            SimulatedWorld.Result first = new SimulatedWorld(seed, Fault.NONE, WorldKind.ENGINES).run();
            SimulatedWorld.Result again = new SimulatedWorld(seed, Fault.NONE, WorldKind.ENGINES).run();
            assertThat(again.hash()).as("seed %d", seed).isEqualTo(first.hash());
            assertThat(again.stats().events).isEqualTo(first.stats().events);
            assertThat(again.stats()).hasToString(first.stats().toString());
        }
    }

    @Test
    void differentSeedsGiveDifferentRuns() {
        Set<Long> hashes = new LinkedHashSet<>();
        for (long seed = 1; seed <= 50; seed++) {
            hashes.add(new SimulatedWorld(seed, Fault.NONE, WorldKind.ENGINES)
                    .run()
                    .hash());
        }
        assertThat(hashes).hasSize(50);
    }

    @Test
    void theTroubleThatTheWorldsAreMadeForHappens() throws Exception {
        SimulationMain main = new SimulationMain(200, 1, Fault.NONE, WorldKind.ENGINES, out);
        assertThat(main.runAll()).isNull();
        Stats stats = main.stats();
        assertThat(stats.answers.keySet()).as("every outcome was given").hasSize(13);
        assertThat(stats.commits).isGreaterThan(5_000);
        assertThat(stats.storeTimeouts).isGreaterThan(200);
        assertThat(stats.acquisitions).isGreaterThan(1_000);
        assertThat(stats.crashes).isGreaterThan(200);
        assertThat(stats.pauses).isGreaterThan(200);
        assertThat(stats.replays).isGreaterThan(1_000);
        assertThat(stats.searchesGivenUp).isZero();
    }

    @Test
    void aFailureNamesItsSeedAndTheCommandThatReplaysIt() throws Exception {
        boolean well = new SimulationMain(
                        SEEDS_FOR_A_FAULT, 1, Fault.ACKNOWLEDGES_BEFORE_COMMIT, WorldKind.ENGINES, out)
                .run();
        assertThat(well).isFalse();
        assertThat(printed())
                .containsPattern("seed \\d+ FAILED: ")
                .containsPattern("\\./check --simulate 1 --seed \\d+");
    }

    private String printed() {
        return printed.toString(StandardCharsets.UTF_8);
    }
}
