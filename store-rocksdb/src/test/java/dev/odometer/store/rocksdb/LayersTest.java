package dev.odometer.store.rocksdb;

import static dev.odometer.testkit.ShardWriter.delete;
import static dev.odometer.testkit.ShardWriter.set;
import static org.assertj.core.api.Assertions.assertThat;

import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.BatchId;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CounterChange;
import dev.odometer.engine.store.CounterRow;
import dev.odometer.engine.store.Head;
import dev.odometer.engine.store.record.Merge;
import dev.odometer.engine.store.record.Newer;
import dev.odometer.engine.store.record.RecentRows;
import dev.odometer.store.rocksdb.journal.Journal;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Listing what is not in the database yet. */
class LayersTest {
    private static Layers layers() {
        return new Layers(new Overlay(new Head[] {new Head(0, 1, "node", 0, new BatchId(0, 0), 0)}, Journal.start()));
    }

    private static void put(Overlay overlay, CounterChange... changes) {
        overlay.add(new Commit(0, 1, 1, new BatchId(0, 1), 1, List.of(changes), List.of(), List.of()));
    }

    private static List<String> list(Newer<Key, CounterChange> newer, int limit) {
        return new Merge<>(newer, limit, change -> change.deleted() ? null : RecentRows.row(change))
                .finish().stream().map(row -> row.key() + "=" + row.value()).toList();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Counts what is taken from it. */
    private record Counting(Iterator<Map.Entry<Key, CounterChange>> rows, AtomicInteger taken)
            implements Iterator<Map.Entry<Key, CounterChange>> {
        @Override
        public boolean hasNext() {
            return rows.hasNext();
        }

        @Override
        public Map.Entry<Key, CounterChange> next() {
            taken.incrementAndGet();
            return rows.next();
        }
    }

    @Test
    void aPageTakesFromTheLayersWhatIsInThePageAndNotMore() {
        Layers layers = layers();
        put(
                layers.newest(),
                IntStream.range(0, 10_000).mapToObj(i -> set("a/" + i, i)).toArray(CounterChange[]::new));
        Overlay lower = layers.freeze();
        put(
                layers.newest(),
                IntStream.range(0, 10_000).mapToObj(i -> set("b/" + i, i)).toArray(CounterChange[]::new));
        AtomicInteger taken = new AtomicInteger();
        Merge<Key, CounterChange, CounterRow> merge = new Merge<>(
                new Newer<>(
                        new Counting(layers.newest().counters(0, bytes(""), null), taken),
                        new Counting(lower.counters(0, bytes(""), null), taken),
                        key -> true),
                10,
                RecentRows::row);
        assertThat(merge.finish()).hasSize(10);
        assertThat(taken).hasValueLessThanOrEqualTo(10 + 2);
        assertThat(layers.newest().counters(0, bytes(""), null).next())
                .isSameAs(layers.newest().counters(0, bytes(""), null).next()); // a view: nothing is copied
    }

    @Test
    void whatComesInAfterAListingIsInTheNextOne() {
        Layers layers = layers();
        put(layers.newest(), set("b", 1));
        assertThat(list(layers.counters(0, bytes(""), null), 10)).containsExactly("b=1");
        put(layers.newest(), set("a", 1), set("b", 2), set("c", 3));
        assertThat(list(layers.counters(0, bytes(""), null), 10)).containsExactly("a=1", "b=2", "c=3");
        layers.freeze();
        put(layers.newest(), delete("b"), set("d", 4));
        assertThat(list(layers.counters(0, bytes(""), null), 10)).containsExactly("a=1", "c=3", "d=4");
        layers.dropFrozen();
        assertThat(list(layers.counters(0, bytes(""), null), 10)).containsExactly("d=4");
    }

    @Test
    void pagesOfTwoLayersAreThoseOfTheNewestStates() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            Layers layers = layers();
            TreeMap<Key, CounterChange> model = new TreeMap<>();
            for (int i = 0; i < 60; i++) {
                if (i == 30) {
                    layers.freeze();
                }
                String name = "abc".charAt(random.nextInt(3)) + "/" + random.nextInt(12);
                CounterChange change = random.nextInt(4) == 0 ? delete(name) : set(name, i);
                put(layers.newest(), change);
                model.put(change.key(), change);
                if (random.nextInt(10) == 0) {
                    layers.counters(0, bytes(""), null);
                }
            }
            String prefix = List.of("", "a", "b/", "b/1", "c/11", "d").get(random.nextInt(6));
            Key after = random.nextBoolean()
                    ? null
                    : Key.of(List.of("a", "b/3", "c/2", "z").get(random.nextInt(4)));
            int limit = 1 + random.nextInt(10);
            assertThat(list(layers.counters(0, bytes(prefix), after), limit))
                    .as("seed %d", seed)
                    .isEqualTo(page(model, prefix, after, limit));
        }
    }

    private static List<String> page(TreeMap<Key, CounterChange> model, String prefix, @Nullable Key after, int limit) {
        return model.values().stream()
                .filter(change -> !change.deleted()
                        && change.key().startsWith(bytes(prefix))
                        && (after == null || change.key().compareTo(after) > 0))
                .limit(limit)
                .map(change -> change.key() + "=" + change.value())
                .toList();
    }
}
