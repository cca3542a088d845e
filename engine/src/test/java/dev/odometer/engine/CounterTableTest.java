package dev.odometer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.odometer.engine.model.Key;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CounterTableTest {
    private static final long SECRET = 0x1234_5678_9ABC_DEF1L;
    private static final long PLENTY = 1L << 30;

    private static Counter counter(Key key) {
        Counter counter = new Counter(key);
        counter.loading = false;
        return counter;
    }

    private static Counter find(CounterTable table, Key key) {
        return table.find(key.bytes(), 0, key.length(), key.hash());
    }

    /** Keys of different hashes that agree in their lowest bits. */
    private static List<Key> keysAlikeInLowBits(int count) {
        List<Key> keys = new ArrayList<>();
        for (int i = 0; keys.size() < count; i++) {
            Key key = Key.of("k" + i);
            if ((key.hash() & 0xFFF) == 0) {
                keys.add(key);
            }
        }
        return keys;
    }

    /** Keys of one and the same hash: the second word takes back what the first one did. */
    private static List<Key> keysOfOneHash(int count) {
        List<Key> keys = new ArrayList<>();
        long length = 16;
        for (long word = 0; word < count; word++) {
            long state = 0x9E3779B97F4A7C15L ^ (length * 0xC2B2AE3D27D4EB4FL);
            long second = Long.rotateLeft((state ^ word) * 0xC2B2AE3D27D4EB4FL, 29) * 0x9E3779B97F4A7C15L;
            byte[] bytes = ByteBuffer.allocate(16)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(word)
                    .putLong(second)
                    .array();
            keys.add(Key.trusted(bytes, 0, 16));
        }
        return keys;
    }

    @Test
    void keysThatAreChosenToMeetInTheTableAreSpread() {
        CounterTable table = new CounterTable(PLENTY, SECRET);
        List<Key> keys = keysAlikeInLowBits(2_000);
        keys.forEach(key -> table.insert(counter(key)));
        assertThat(keys).allMatch(key -> find(table, key) != null);
        assertThat(table.longestRun()).isLessThan(100);
    }

    @Test
    void ofKeysWithOneHashOnlyAFewStay() {
        CounterTable table = new CounterTable(PLENTY, SECRET);
        List<Key> keys = keysOfOneHash(5_000);
        assertThat(keys.stream().map(Key::hash).distinct()).hasSize(1);
        for (Key key : keys) {
            table.insert(counter(key));
            assertThat(find(table, key)).isNotNull();
        }
        assertThat(table.longestRun()).isLessThan(200);
        assertThat(table.size()).isLessThan(200);
    }

    @Test
    void theTableHoldsWhatAMapHolds() {
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            CounterTable table = new CounterTable(PLENTY, random.nextLong());
            Map<Key, Counter> model = new LinkedHashMap<>();
            for (int step = 0; step < 2_000; step++) {
                Key key = Key.of("k" + random.nextInt(600));
                assertThat(find(table, key)).isSameAs(model.get(key));
                if (!model.containsKey(key)) {
                    Counter counter = counter(key);
                    table.insert(counter);
                    model.put(key, counter);
                } else if (random.nextBoolean()) {
                    table.remove(model.remove(key));
                }
                if (step == 1_500) {
                    table.clear();
                    model.clear();
                }
                assertThat(table.size()).isEqualTo(model.size());
            }
        }
    }

    @Test
    void whereAllCountersAreInUseAllTheTimeTheTableGrowsNoLargerThanItMay() {
        CounterTable table = new CounterTable(200 * 200, SECRET);
        List<Key> keys = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            Key key = Key.of("k" + i);
            keys.add(key);
            table.insert(counter(key));
            keys.removeIf(known -> find(table, known) == null); // touches all that are there
            assertThat(table.size()).isEqualTo(keys.size()).isLessThan(270);
        }
        assertThat(keys.size()).isGreaterThan(200);
    }
}
