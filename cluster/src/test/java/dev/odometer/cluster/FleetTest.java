package dev.odometer.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.odometer.engine.Outcome;
import dev.odometer.testkit.MemoryCoordinator;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;

/** Whole clusters in one thread: each operation counts once, whatever the network and the nodes do. */
class FleetTest {
    private static final int SEEDS = 30;

    private static void forManySeeds(LongConsumer scenario) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            try {
                scenario.accept(seed);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("with seed " + seed, e);
            }
        }
    }

    private static Fleet three(long seed) {
        Fleet fleet = new Fleet(seed);
        fleet.start("a");
        fleet.start("b");
        fleet.start("c");
        fleet.world.pass(6_000);
        assertThat(fleet.isSettled()).as("each shard has its owner").isTrue();
        assertThat(fleet.nodes.get("a").served()).isLessThan(Fleet.SHARDS);
        return fleet;
    }

    private static Load load(Fleet fleet, long forMillis, int pauseMicros) {
        Load load = new Load(fleet);
        fleet.nodes.values().forEach(node -> load.run(node, forMillis, pauseMicros));
        return load;
    }

    @Test
    void any_node_takes_any_operation() {
        Fleet fleet = three(1);
        Load load = load(fleet, 2_000, 1_000);
        fleet.world.pass(4_000);
        load.check();
        assertThat(load.outcomes).containsOnlyKeys(Outcome.VALUE);
        assertThat(load.count(Outcome.VALUE)).isGreaterThan(4_000);
    }

    @Test
    void a_network_that_loses_and_doubles_calls_counts_nothing_twice() {
        forManySeeds(seed -> {
            Fleet fleet = three(seed);
            fleet.network.loses = 10;
            fleet.network.doubles = 10;
            Load load = load(fleet, 5_000, 20_000);
            fleet.world.pass(40_000);
            load.check();
            assertThat(load.count(Outcome.VALUE)).isGreaterThan(200);
        });
    }

    @Test
    void an_owner_that_dies_costs_the_survivors_time_and_no_answer() {
        forManySeeds(seed -> {
            Fleet fleet = three(seed);
            Load load = load(fleet, 5_000, 10_000);
            fleet.world.pass(fleet.world.between(1_000, 2_000));
            fleet.nodes.get("b").kill();
            fleet.world.pass(30_000);
            load.check();
            assertThat(load.outcomes).containsOnlyKeys(Outcome.VALUE);
            assertThat(load.slowestMillis)
                    .as("a refused connection starts the takeover before the session is over")
                    .isLessThan(1_000);
            assertThat(fleet.isSettled()).isTrue();
        });
    }

    @Test
    void an_owner_that_hangs_costs_the_others_its_session_and_cannot_double_when_it_wakes() {
        forManySeeds(seed -> {
            Fleet fleet = three(seed);
            Fleet.Node hung = fleet.nodes.get("b");
            Load load = new Load(fleet);
            load.run(fleet.nodes.get("a"), 8_000, 10_000);
            load.run(fleet.nodes.get("c"), 8_000, 10_000);
            load.run(hung, 1_000, 10_000);
            fleet.world.pass(fleet.world.between(500, 1_000));
            hung.process.pause();
            hung.session.cut();
            fleet.world.pass(MemoryCoordinator.SESSION_MILLIS);
            fleet.coordinator.expire(hung.member);
            fleet.world.pass(fleet.world.between(1_000, 3_000));
            hung.process.resume();
            fleet.world.pass(30_000);
            load.check();
            assertThat(load.count(Outcome.VALUE)).isGreaterThan(1_000);
        });
    }

    @Test
    void nodes_that_die_and_come_back_while_calls_are_lost_count_nothing_twice() {
        forManySeeds(seed -> {
            Fleet fleet = three(seed);
            fleet.network.loses = 20;
            fleet.network.doubles = 20;
            Load load = load(fleet, 12_000, 20_000);
            for (int i = 0; i < 3; i++) {
                fleet.world.pass(fleet.world.between(500, 3_000));
                String name = i == 0 ? "a" : i == 1 ? "b" : "c";
                fleet.nodes.get(name).kill();
                fleet.world.pass(fleet.world.between(100, 4_000));
                load.run(fleet.start(name), 3_000, 20_000);
            }
            fleet.world.pass(60_000);
            load.check();
            assertThat(load.count(Outcome.VALUE)).isGreaterThan(200);
        });
    }

    @Test
    void a_node_that_joins_and_one_that_leaves_refuse_nothing() {
        forManySeeds(seed -> {
            Fleet fleet = three(seed);
            Load load = load(fleet, 6_000, 10_000);
            fleet.world.pass(1_000);
            Fleet.Node joins = fleet.start("d");
            fleet.world.pass(3_000);
            assertThat(joins.served()).isPositive();
            Fleet.Node leaves = fleet.nodes.get("a");
            boolean[] done = {false};
            leaves.process.run(() -> leaves.cluster.giveUpAll().thenAccept(none -> done[0] = true));
            fleet.world.pass(1_000);
            assertThat(done[0]).as("it has given up all").isTrue();
            assertThat(leaves.served()).isZero();
            leaves.process.run(() -> leaves.session.leave());
            fleet.world.pass(20_000);
            load.check();
            assertThat(load.outcomes).containsOnlyKeys(Outcome.VALUE);
            assertThat(load.slowestMillis).isLessThan(1_000);
            assertThat(fleet.isSettled()).isTrue();
        });
    }

    private static Pipelines pipelines(Fleet fleet, long forMillis, int pauseMicros) {
        Pipelines pipelines = new Pipelines(fleet);
        fleet.nodes.values().forEach(node -> pipelines.run(node, 4, forMillis, pauseMicros));
        return pipelines;
    }

    @Test
    void what_a_client_sends_in_a_row_is_applied_in_that_order() {
        forManySeeds(seed -> {
            Fleet fleet = three(seed);
            Pipelines pipelines = pipelines(fleet, 500, 5_000);
            fleet.world.pass(8_000);
            assertThat(pipelines.check()).isGreaterThan(1_000);
        });
    }

    @Test
    void a_network_that_loses_and_doubles_calls_keeps_the_order() {
        forManySeeds(seed -> {
            Fleet fleet = three(seed);
            fleet.network.loses = 10;
            fleet.network.doubles = 10;
            Pipelines pipelines = pipelines(fleet, 5_000, 50_000);
            fleet.world.pass(40_000);
            assertThat(pipelines.check()).isGreaterThan(500);
        });
    }

    @Test
    void an_owner_that_dies_costs_the_survivors_not_the_order() {
        forManySeeds(seed -> {
            Fleet fleet = three(seed);
            Pipelines pipelines = pipelines(fleet, 4_000, 20_000);
            fleet.world.pass(fleet.world.between(1_000, 2_000));
            fleet.nodes.get("b").kill();
            fleet.world.pass(30_000);
            assertThat(pipelines.check()).isGreaterThan(2_000);
        });
    }

    @Test
    void a_node_that_joins_and_one_that_leaves_keep_the_order() {
        forManySeeds(seed -> {
            Fleet fleet = three(seed);
            Pipelines pipelines = pipelines(fleet, 6_000, 20_000);
            fleet.world.pass(1_000);
            fleet.start("d");
            fleet.world.pass(3_000);
            Fleet.Node leaves = fleet.nodes.get("a");
            leaves.process.run(() -> leaves.cluster.giveUpAll());
            fleet.world.pass(30_000);
            assertThat(pipelines.check()).isGreaterThan(2_000);
        });
    }

    @Test
    void a_lane_that_does_not_keep_its_number_is_found_out() {
        int found = 0;
        for (long seed = 1; seed <= 10; seed++) {
            Fleet fleet = three(seed);
            fleet.network.loses = 10;
            fleet.network.renumbers = true;
            Load load = load(fleet, 5_000, 20_000);
            fleet.world.pass(40_000);
            found += catchThrowable(load::check) == null ? 0 : 1;
        }
        assertThat(found).isEqualTo(10);
    }
}
