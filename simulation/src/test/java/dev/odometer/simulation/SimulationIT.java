package dev.odometer.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The simulation at length. For other seeds than these: {@code ./check --simulate 10000}. */
class SimulationIT {
    @Test
    void fiveThousandSeedsFindNothing() throws Exception {
        boolean well = new SimulationMain(5_000, 10_000, Fault.NONE, WorldKind.ENGINES, System.out).run();
        assertThat(well).as("see the output for the seed").isTrue();
    }

    @Test
    void twenty_thousand_clusters_find_nothing() throws Exception {
        boolean well = new SimulationMain(20_000, 10_000, Fault.NONE, WorldKind.CLUSTERS, System.out).run();
        assertThat(well).as("see the output for the seed").isTrue();
    }
}
