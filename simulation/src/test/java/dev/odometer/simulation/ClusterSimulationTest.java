package dev.odometer.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole clusters in one thread: each operation counts once, whatever happens to nodes, networks and coordinators. */
class ClusterSimulationTest {
    private static final long SEEDS_FOR_A_FAULT = 300;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

    @Test
    void whole_clusters_are_found_faultless_and_the_trouble_that_they_are_made_for_happens() throws Exception {
        SimulationMain main = new SimulationMain(200, 1, Fault.NONE, WorldKind.CLUSTERS, out);
        assertThat(main.run()).as(printed()).isTrue();
        Stats stats = main.stats();
        assertThat(stats.troubles).containsOnlyKeys(Trouble.values());
        assertThat(stats.crashes).isGreaterThan(50);
        assertThat(stats.pauses).isGreaterThan(50);
        assertThat(stats.drains).isGreaterThan(30);
        assertThat(stats.acquisitions).isGreaterThan(1_000);
        assertThat(stats.calls).isGreaterThan(20_000);
        assertThat(stats.replays).isGreaterThan(1_000);
        assertThat(stats.storeTimeouts).isGreaterThan(200);
        assertThat(stats.searchesGivenUp).isZero();
    }

    @ParameterizedTest
    @MethodSource("faults")
    void a_planted_fault_is_found(Fault fault) throws Exception {
        SimulatedWorld.Result failed =
                new SimulationMain(SEEDS_FOR_A_FAULT, 1, fault, WorldKind.CLUSTERS, out).runAll();
        assertThat(failed).as("a failure among %d seeds", SEEDS_FOR_A_FAULT).isNotNull();
    }

    static Stream<Fault> faults() {
        return Arrays.stream(Fault.values()).filter(fault -> fault != Fault.NONE && fault.showsIn(WorldKind.CLUSTERS));
    }

    @Test
    void the_same_seed_gives_the_same_run() {
        Set<Long> hashes = new HashSet<>();
        for (long seed = 1; seed <= 20; seed++) {
            SimulatedWorld.Result first = run(seed);
            SimulatedWorld.Result again = run(seed);
            assertThat(again.hash()).as("seed %d", seed).isEqualTo(first.hash());
            assertThat(again.stats()).hasToString(first.stats().toString());
            hashes.add(first.hash());
        }
        assertThat(hashes).as("different seeds give different runs").hasSize(20);
    }

    private static SimulatedWorld.Result run(long seed) {
        return new SimulatedWorld(seed, Fault.NONE, WorldKind.CLUSTERS).run();
    }

    @Test
    void a_failure_names_its_seed_and_the_command_that_replays_it() throws Exception {
        boolean well = new SimulationMain(SEEDS_FOR_A_FAULT, 1, Fault.LANES_RENUMBERED, WorldKind.CLUSTERS, out).run();
        assertThat(well).isFalse();
        assertThat(printed())
                .containsPattern("seed \\d+ FAILED: ")
                .containsPattern("\\./check --simulate 1 --seed \\d+ --kind clusters");
    }

    private String printed() {
        return printed.toString(StandardCharsets.UTF_8);
    }
}
