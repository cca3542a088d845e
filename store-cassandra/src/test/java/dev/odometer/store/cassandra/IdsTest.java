package dev.odometer.store.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IdsTest {
    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    @Test
    void the_next_id_comes_right_behind() {
        assertThat(Ids.after(bytes(1, 2))).isEqualTo(bytes(1, 2, 0));
        assertThat(Arrays.compareUnsigned(Ids.after(bytes(255)), bytes(255))).isPositive();
    }

    @Test
    void the_end_of_a_prefix_is_behind_all_that_begin_with_it_and_before_the_rest() {
        for (byte[] prefix : new byte[][] {bytes(), bytes(7), bytes(7, 255), bytes(255, 255)}) {
            byte[] longest = Arrays.copyOf(prefix, 256);
            Arrays.fill(longest, prefix.length, 256, (byte) 0xFF);
            assertThat(Arrays.compareUnsigned(Ids.afterPrefix(prefix), longest)).isPositive();
        }
        assertThat(Arrays.compareUnsigned(Ids.afterPrefix(bytes(7)), bytes(8))).isNegative();
    }

    @Test
    void the_middle_is_between() {
        assertThat(Ids.between(bytes(0), bytes(2))).startsWith(bytes(1)[0]);
        assertThat(Ids.between(bytes(5), bytes(5, 0))).isNull();
        Random random = new Random(7);
        for (int i = 0; i < 10_000; i++) {
            byte[] low = new byte[random.nextInt(20)];
            byte[] high = new byte[random.nextInt(20)];
            random.nextBytes(low);
            random.nextBytes(high);
            byte[] middle = Arrays.compareUnsigned(low, high) < 0 ? Ids.between(low, high) : null;
            if (middle != null) {
                assertThat(Arrays.compareUnsigned(low, middle)).isNegative();
                assertThat(Arrays.compareUnsigned(middle, high)).isNegative();
            }
        }
    }

    @Test
    void halving_ends() {
        byte[] low = bytes(3, 4);
        byte[] high = Ids.afterPrefix(bytes());
        int halvings = 0;
        for (byte[] middle = Ids.between(low, high); middle != null; middle = Ids.between(low, high)) {
            high = middle;
            assertThat(++halvings).isLessThan(200);
        }
    }
}
