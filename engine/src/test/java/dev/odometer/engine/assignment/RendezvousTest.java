package dev.odometer.engine.assignment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RendezvousTest {
    private static final int SHARDS = 3_000;

    @Test
    void the_order_of_names_does_not_matter_and_nobody_owns_where_nobody_is() {
        for (int shard = 0; shard < 100; shard++) {
            assertThat(Rendezvous.owner(shard, List.of("n1", "n2", "n3")))
                    .isEqualTo(Rendezvous.owner(shard, List.of("n3", "n1", "n2")));
        }
        assertThat(Rendezvous.owner(0, List.of())).isEmpty();
    }

    @Test
    void shares_are_about_equal() {
        Map<String, Integer> shares = new HashMap<>();
        List<String> names = List.of("n1", "n2", "n3", "n4", "n5");
        for (int shard = 0; shard < SHARDS; shard++) {
            shares.merge(Rendezvous.owner(shard, names).orElseThrow(), 1, Integer::sum);
        }
        assertThat(shares.values())
                .hasSize(5)
                .allSatisfy(share -> assertThat(share).isBetween(SHARDS / 5 * 8 / 10, SHARDS / 5 * 12 / 10));
    }

    @Test
    void a_node_that_leaves_moves_only_its_own_shards() {
        List<String> all = List.of("n1", "n2", "n3", "n4");
        List<String> rest = new ArrayList<>(all);
        rest.remove("n3");
        for (int shard = 0; shard < SHARDS; shard++) {
            String before = Rendezvous.owner(shard, all).orElseThrow();
            String after = Rendezvous.owner(shard, rest).orElseThrow();
            if (before.equals("n3")) {
                assertThat(after).isNotEqualTo("n3");
            } else {
                assertThat(after).isEqualTo(before);
            }
        }
    }
}
