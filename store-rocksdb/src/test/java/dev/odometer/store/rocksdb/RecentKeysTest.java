package dev.odometer.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RecentKeysTest {
    @Test
    void whatWasAddedIsFoundUntilTheClearingThatFollowsItsRotation() {
        for (int seed = 0; seed < 100; seed++) {
            Random random = new Random(seed);
            RecentKeys recent = new RecentKeys();
            Set<Long> current = new HashSet<>();
            Set<Long> writing = new HashSet<>();
            for (int step = 0; step < 200; step++) {
                switch (random.nextInt(10)) {
                    case 0 -> { // as the materialiser does: never two generations in writing
                        recent.clearWriting();
                        recent.rotate();
                        writing = current;
                        current = new HashSet<>();
                    }
                    case 1 -> {
                        recent.clearWriting();
                        writing.clear();
                    }
                    default -> {
                        long hash = random.nextLong();
                        recent.add(hash);
                        current.add(hash);
                    }
                }
                assertThat(current).as("seed %d", seed).allMatch(recent::mayContain);
                assertThat(writing).as("seed %d", seed).allMatch(recent::mayContain);
            }
        }
    }

    @Test
    void whatIsInTheDatabaseIsForgotten() {
        RecentKeys recent = new RecentKeys();
        recent.add(1L << 20);
        recent.rotate();
        recent.add(1L << 21);
        recent.clearWriting();
        assertThat(recent.mayContain(1L << 20)).isFalse();
        assertThat(recent.mayContain(1L << 21)).isTrue();
        recent.rotate();
        recent.clearWriting();
        assertThat(recent.mayContain(1L << 21)).isFalse();
    }
}
